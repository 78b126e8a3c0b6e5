#include "adapters/network.hpp"

#include <gtest/gtest.h>

#include "adapters/tiny_model.hpp"
#include "base/error.hpp"

namespace lorikeet::adapters {

TEST(Network, FreshOneChangesNothingAndLeavesTheSlotsEmptyAgain) {
    TinyModel model(1);
    const auto before = model(images());
    {
        const Network network(model.targets(), {.rank = 2, .alpha = 1}, 1);
        EXPECT_NE(model.first.slot.adapter, nullptr);
        EXPECT_TRUE(at::equal(model(images()), before));
    }
    EXPECT_EQ(model.first.slot.adapter, nullptr);
}

TEST(Network, StrengthZeroIsAsIfItWereNotThere) {
    TinyModel model(1);
    const auto before = model(images());
    Network network(model.targets(), {.rank = 2, .alpha = 1}, 1);
    make_busy(network);
    EXPECT_FALSE(at::allclose(model(images()), before));
    network.set_strength(0);
    EXPECT_TRUE(at::equal(model(images()), before));
}

TEST(Network, TrainsOneHalfAloneFromTheSameNumbers) {
    TinyModel model(1);
    auto targets = model.targets();
    targets[0].half = Half::Text;
    at::Tensor both;
    {
        const Network network(targets, {.rank = 2}, 1);
        EXPECT_EQ(network.parameters(Half::Text).tensors.size(), 2U);
        both = network.parameters(Half::Unet).tensors[0];
    }
    const Network alone(targets, {.rank = 2, .train_text = false}, 1);
    EXPECT_TRUE(alone.parameters(Half::Text).tensors.empty());
    EXPECT_TRUE(at::equal(alone.parameters(Half::Unet).tensors[0], both));
    EXPECT_EQ(model.first.slot.adapter, nullptr);
}

TEST(Network, NothingToTrainIsAnError) {
    TinyModel model(1);
    EXPECT_THROW(Network(model.targets(), {.train_unet = false}, 1), base::Error);
}

TEST(Network, DropsTheSameInTheSameStepAndNothingInEval) {
    TinyModel model(1);
    Network network(model.targets(), {.rank = 2, .dropout = 0.5}, 1);
    make_busy(network);
    network.begin_step(3, 0);
    const auto first = model(images());
    network.begin_step(3, 1);
    EXPECT_FALSE(at::equal(model(images()), first));
    network.begin_step(3, 0);
    EXPECT_TRUE(at::equal(model(images()), first));
    network.set_mode(Mode::Eval);
    const auto calm = model(images());
    network.begin_step(4, 0);
    EXPECT_TRUE(at::equal(model(images()), calm));
}

}  // namespace lorikeet::adapters
