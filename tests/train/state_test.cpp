#include "train/state.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::train {

TEST(State, ComesBackAsItWasSaved) {
    const support::TempFolder folder;
    State state;
    state.step = 41;
    state.loss_sum = 0.1;
    state.loss_weight = 1.0 / 3.0;
    state.plan = {true, 4};
    state.job = "[optim]\nlr = 1e-4\n";
    state.inputs = "{}";
    state.accepted = {"a", "b"};
    state.trainee["lora_unet_x.lora_down.weight"] = at::randn({4, 8});
    state.optimizer["lora_unet_x.lora_down.weight.mean"] = at::randn({4, 8});
    const auto file = folder.path() / "state" / "state.safetensors";
    save_state(file, state);
    const auto back = load_state(file);
    EXPECT_EQ(back.step, 41);
    EXPECT_EQ(step_of_state(file), 41);
    EXPECT_EQ(step_of_state(folder.path() / "none"), 0);
    EXPECT_EQ(back.loss_sum, state.loss_sum);
    EXPECT_EQ(back.loss_weight, state.loss_weight);
    EXPECT_EQ(back.plan, state.plan);
    EXPECT_EQ(back.job, state.job);
    EXPECT_EQ(back.inputs, "{}");
    EXPECT_EQ(back.accepted, state.accepted);
    EXPECT_TRUE(at::equal(back.trainee.at("lora_unet_x.lora_down.weight"), state.trainee.begin()->second));
    EXPECT_TRUE(at::equal(back.optimizer.begin()->second, state.optimizer.begin()->second));
}

TEST(State, OfTheFirstVersionIsRead) {
    const support::TempFolder folder;
    const auto file = folder.path() / "x.safetensors";
    tensor::save_tensors(file, {{"adapter.a.alpha", at::scalar_tensor(2, at::kFloat)}},
                         {{"format", "lorikeet state 1"},
                          {"step", "3"},
                          {"loss_sum", "0"},
                          {"loss_weight", "0"},
                          {"job", ""},
                          {"pictures", "abc"}});
    const auto state = load_state(file);
    EXPECT_EQ(state.step, 3);
    EXPECT_EQ(state.images, "abc");
    EXPECT_TRUE(state.inputs.empty());
}

TEST(State, WhatIsNotFiniteIsNamed) {
    const support::TempFolder folder;
    const auto file = folder.path() / "state.safetensors";
    State state;
    state.optimizer["lora_unet_x.lora_down.weight.mean"] =
        at::full({4}, std::numeric_limits<float>::quiet_NaN());
    save_state(file, state);
    try {
        load_state(file);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_NE(std::string(error.what()).find("4 NaN in optimizer.lora_unet_x.lora_down.weight.mean"),
                  std::string::npos)
            << error.what();
        EXPECT_NE(error.hint().find("adapter.start_from"), std::string::npos);
    }
}

TEST(State, AnotherFileIsRefused) {
    const support::TempFolder folder;
    tensor::save_tensors(folder.path() / "x.safetensors", {{"a", at::ones({2})}});
    EXPECT_THROW(load_state(folder.path() / "x.safetensors"), base::Error);
}

}  // namespace lorikeet::train
