#include "train/adapter_trainee.hpp"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "support/small_job.hpp"
#include "train/provenance.hpp"
#include "train/recipe.hpp"

namespace lorikeet::train {

namespace {

struct Trained {
    explicit Trained(const settings::Job& job) : recipe(load_recipe(job)) { fit_trainee(recipe, job); }
    AdapterTrainee& trainee() const { return dynamic_cast<AdapterTrainee&>(*recipe.trainee); }
    Recipe recipe;
};

}  // namespace

TEST(AdapterTrainee, ItsGroupsAreTheHalvesThatAreTrainedEachAtItsRate) {
    const support::SmallJob small;
    auto job = small.job();
    job.adapter.train_text = true;
    {
        const Trained both(job);
        const auto groups = both.trainee().groups();
        ASSERT_EQ(groups.size(), 2U);
        EXPECT_EQ(groups[0].name, "text") << "the reference's order";
        EXPECT_EQ(groups[0].lr, *job.optim.text_lr);
        EXPECT_EQ(groups[1].name, "unet");
        EXPECT_EQ(groups[1].lr, *job.optim.lr);
        for (const auto& group : groups)
            for (const auto& tensor : group.tensors) EXPECT_TRUE(tensor.is_leaf() && tensor.requires_grad());
    }
    job.optim.text_lr.reset();
    job.adapter.train_unet = false;
    const Trained text(job);
    ASSERT_EQ(text.trainee().groups().size(), 1U);
    EXPECT_EQ(text.trainee().groups()[0].lr, *job.optim.lr) << "the text encoder follows the one rate";
}

TEST(AdapterTrainee, ItsStateAndItsFileAreWhatItIs) {
    const support::SmallJob small;
    const auto job = small.job();
    const auto file = small.folder() / "saved.safetensors";
    tensor::NamedTensors kept;
    {
        const Trained first(job);
        const at::NoGradGuard no_gradient;
        for (const auto& group : first.trainee().groups())
            for (const auto& tensor : group.tensors) tensor.add_(0.5);
        for (const auto& [name, tensor] : first.trainee().state()) kept[name] = tensor.clone();
        first.trainee().save(file, at::kFloat, {});
    }
    const Trained second(job);
    second.trainee().load_state(kept);
    for (const auto& [name, tensor] : second.trainee().state())
        EXPECT_TRUE(at::equal(tensor, kept.at(name))) << name;
    EXPECT_EQ(adapters::read_lora(file).entries.size(), second.trainee().network().modules().size());
    const auto told =
        second.trainee().metadata({job, second.recipe, TrainingLength{1, 1, 1, 1}, {}, "0", "", 1});
    EXPECT_EQ(told.at("ss_network_dim"), "4");
    EXPECT_EQ(told.at("ss_network_dropout"), "None") << "none is told where there is none";
}

TEST(AdapterTrainee, DropsNothingWhileItIsEvaluated) {
    const support::SmallJob small;
    auto job = small.job();
    job.adapter.dropout = 0.5;
    const Trained trained(job);
    const auto& modules = trained.trainee().network().modules();
    const auto& placed =
        *std::find_if(modules.begin(), modules.end(), [](const auto& one) { return !one.target.is_conv; });
    const at::NoGradGuard no_gradient;
    for (const auto& [ending, tensor] : placed.tensors())
        if (tensor.dim() > 0) tensor.fill_(0.1);
    trained.trainee().weights_moved();
    const auto x = at::ones({4, placed.target.shape.in}, trained.recipe.compute);
    const auto y = at::zeros({4, placed.target.shape.out}, trained.recipe.compute);
    const auto result = [&](std::uint64_t step) {
        trained.trainee().begin_step({step, 0, 0, 4, 4});
        return placed.module->apply(x, y.clone());
    };
    EXPECT_FALSE(at::equal(result(1), result(2)));
    const Trainee::Evaluation evaluation(trained.trainee());
    EXPECT_TRUE(at::equal(result(1), result(2)));
}

}  // namespace lorikeet::train
