#include "train/recipe.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "base/error.hpp"
#include "models/random_checkpoint.hpp"
#include "support/tiny.hpp"

namespace lorikeet::train {

using adapters::Half;

namespace {

settings::Job tiny_job() {
    settings::Job job;
    job.model.checkpoint = support::tiny_checkpoint().string();
    job.adapter.rank = 2;
    return job;
}

std::int64_t count(const std::vector<adapters::Target>& targets, Half half) {
    return std::count_if(targets.begin(), targets.end(), [&](const auto& t) { return t.half == half; });
}

// A LoRA file whose tensors `change` may alter.
template <class Change>
base::Path lora_file(const support::TempFolder& folder, const Change& change) {
    const auto job = tiny_job();
    auto recipe = load_recipe(job);
    fit_adapter(recipe, job);
    auto tensors = recipe.network->tensors();
    change(tensors);
    const auto path = folder.path() / "earlier.safetensors";
    tensor::save_tensors(path, tensors);
    return path;
}

base::Error refusal_of(settings::Job job, const base::Path& start_from) {
    job.adapter.start_from = start_from.string();
    auto recipe = load_recipe(job);
    try {
        fit_adapter(recipe, job);
    } catch (const base::Error& error) {
        return error;
    }
    return {base::ErrorCode::Internal, "nothing was thrown"};
}

}  // namespace

TEST(Recipe, TargetsOfTheTinyModelAreItsTextLayersAndThenItsTransformers) {
    const auto recipe = load_recipe(tiny_job());
    const auto targets = targets_of(*recipe.model);
    EXPECT_EQ(count(targets, Half::Text), 2 * 6);   // q, k, v, out, fc1, fc2
    EXPECT_EQ(count(targets, Half::Unet), 7 * 12);  // proj in and out, two attentions of four, two of the MLP
    EXPECT_TRUE(std::is_sorted(targets.begin(), targets.end(), [](const auto& a, const auto& b) {
        return a.half == Half::Text && b.half == Half::Unet;
    }));
    EXPECT_GT(targets_of(*recipe.model, adapters::Reach::Everything).size(), targets.size());
}

// 192 and 72 modules of Stable Diffusion 1.5, found without loading a weight.
TEST(Recipe, TargetsOfStableDiffusionAreAsManyAsKohyaTrains) {
    models::Bundle model(models::sd1_spec(), models::Tokenizer::from_file(models::default_vocabulary()));
    const auto targets = targets_of(model);
    EXPECT_EQ(count(targets, Half::Text), 72);
    EXPECT_EQ(count(targets, Half::Unet), 192);
    EXPECT_EQ(targets.front().name, "lora_te_text_model_encoder_layers_0_self_attn_q_proj");
    EXPECT_EQ(targets[72].name, "lora_unet_down_blocks_0_attentions_0_proj_in");
    EXPECT_FALSE(targets[72].weight->defined());
}

TEST(Recipe, TheTextEncodersGroupComesFirstWithItsOwnRate) {
    auto job = tiny_job();
    job.optim.lr = 3e-4;
    job.optim.text_lr = 5e-5;
    auto recipe = load_recipe(job);
    fit_adapter(recipe, job);
    const auto& groups = recipe.optimizer->groups();
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].name, "text");
    EXPECT_EQ(groups[0].lr, 5e-5);
    EXPECT_EQ(groups[0].tensors.size(), 2U * 12);
    EXPECT_EQ(groups[1].name, "unet");
    EXPECT_EQ(groups[1].lr, 3e-4);
    EXPECT_EQ(groups[1].tensors.size(), 2U * 84);
}

TEST(Recipe, ARateLeftOutIsThatOfTheUnetAndAFrozenHalfHasNoGroup) {
    auto job = tiny_job();
    job.optim.text_lr.reset();
    job.adapter.train_unet = false;
    auto recipe = load_recipe(job);
    fit_adapter(recipe, job);
    ASSERT_EQ(recipe.optimizer->groups().size(), 1U);
    EXPECT_EQ(recipe.optimizer->groups()[0].name, "text");
    EXPECT_EQ(recipe.optimizer->groups()[0].lr, job.optim.lr);
}

TEST(Recipe, GoesOnFromAFileWithItsNumbersAndItsRank) {
    const support::TempFolder folder;
    tensor::NamedTensors saved;
    auto job = tiny_job();
    job.adapter.start_from = lora_file(folder, [&](auto& tensors) { saved = tensors; }).string();
    job.adapter.rank = 8;
    job.train.seed = 7;
    auto recipe = load_recipe(job);
    fit_adapter(recipe, job);
    const auto tensors = recipe.network->tensors();
    ASSERT_EQ(tensors.size(), saved.size());
    for (const auto& [name, tensor] : tensors) EXPECT_TRUE(at::equal(tensor, saved.at(name))) << name;
}

TEST(Recipe, RefusesALoraThatDoesNotFitTheModel) {
    const support::TempFolder folder;
    const auto elsewhere = lora_file(folder, [](auto& tensors) {
        tensors["lora_unet_elsewhere.lora_down.weight"] = at::zeros({2, 6});
        tensors["lora_unet_elsewhere.lora_up.weight"] = at::zeros({6, 2});
    });
    const auto unknown = refusal_of(tiny_job(), elsewhere);
    EXPECT_EQ(unknown.code(), base::ErrorCode::InvalidInput);
    EXPECT_NE(std::string(unknown.what()).find("lora_unet_elsewhere"), std::string::npos) << unknown.what();
    EXPECT_NE(unknown.hint().find("adapter.start_from"), std::string::npos) << unknown.hint();
    const auto narrow = lora_file(folder, [](auto& tensors) {
        tensors["lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight"] = at::zeros({2, 5});
    });
    EXPECT_EQ(refusal_of(tiny_job(), narrow).code(), base::ErrorCode::Corrupt);
}

TEST(Recipe, ACheckpointThatIsNotThereIsNamed) {
    settings::Model model;
    model.checkpoint = "nowhere/bird.safetensors";
    try {
        checkpoint_file(model);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NotFound);
        EXPECT_NE(std::string(error.what()).find(model.checkpoint), std::string::npos) << error.what();
    }
}

}  // namespace lorikeet::train
