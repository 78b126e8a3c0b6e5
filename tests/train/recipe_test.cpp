#include "train/recipe.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "base/error.hpp"
#include "models/random_checkpoint.hpp"
#include "support/tiny.hpp"
#include "train/model_outline.hpp"

namespace lorikeet::train {

using adapters::Half;

namespace {

settings::Job tiny_job() {
    settings::Job job;
    job.model.checkpoint = support::tiny_checkpoint().string();
    job.adapter.rank = 2;
    job.optim.lr = 5e-4;
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
    fit_trainee(recipe, job);
    auto tensors = recipe.trainee->state();
    change(tensors);
    const auto path = folder.path() / "earlier.safetensors";
    tensor::save_tensors(path, tensors);
    return path;
}

base::Error refusal_of(settings::Job job, const base::Path& start_from) {
    job.adapter.start_from = start_from.string();
    try {
        auto recipe = load_recipe(job);
        fit_trainee(recipe, job);
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
    models::StableDiffusion model(models::sd1_spec());
    const auto targets = targets_of(model);
    EXPECT_EQ(count(targets, Half::Text), 72);
    EXPECT_EQ(count(targets, Half::Unet), 192);
    EXPECT_EQ(targets.front().name, "lora_te_text_model_encoder_layers_0_self_attn_q_proj");
    EXPECT_EQ(targets[72].name, "lora_unet_down_blocks_0_attentions_0_proj_in");
    EXPECT_FALSE(targets[72].weight->defined());
}

// 722 and 264 of SDXL, by the names of Stability's blocks.
TEST(Recipe, TargetsOfSdxlAreAsManyAsKohyaTrainsByItsNames) {
    models::StableDiffusion model(models::sdxl_spec());
    const auto targets = targets_of(model);
    EXPECT_EQ(count(targets, Half::Text), 72 + 192);
    EXPECT_EQ(count(targets, Half::Unet), 722);
    std::set<std::string> names;
    for (const auto& target : targets) names.insert(target.name);
    EXPECT_EQ(names.size(), targets.size());
    for (const auto* name :
         {"lora_te1_text_model_encoder_layers_11_mlp_fc2",
          "lora_te2_text_model_encoder_layers_31_self_attn_out_proj", "lora_unet_input_blocks_4_1_proj_in",
          "lora_unet_input_blocks_8_1_transformer_blocks_9_attn2_to_k",
          "lora_unet_middle_block_1_transformer_blocks_9_ff_net_0_proj",
          "lora_unet_output_blocks_5_1_transformer_blocks_1_attn1_to_out_0"})
        EXPECT_TRUE(names.contains(name)) << name;
    const auto linear = std::find_if(targets.begin(), targets.end(), [](const auto& t) {
        return t.name == "lora_unet_input_blocks_4_1_proj_in";
    });
    EXPECT_FALSE(linear->is_conv);
}

TEST(Recipe, GoesOnFromALoraOfSdxlByDiffusersNamesToo) {
    const support::TempFolder folder;
    auto job = tiny_job();
    job.model.checkpoint = support::tiny_sdxl_checkpoint().string();
    job.adapter.start_from = (folder.path() / "theirs.safetensors").string();
    const std::string layer = "lora_unet_mid_block_attentions_0_proj_in.";
    const auto down = at::randn({2, 64}), up = at::randn({64, 2});
    tensor::save_tensors(
        job.adapter.start_from,
        {{layer + "lora_down.weight", down},
         {layer + "lora_up.weight", up},
         {"lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", at::zeros({2, 48})},
         {"lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_up.weight", at::zeros({96, 2})}});
    auto recipe = load_recipe(job);
    fit_trainee(recipe, job);
    const auto tensors = recipe.trainee->state();
    ASSERT_EQ(tensors.size(), 3 * targets_of(*recipe.model).size()) << "what the file lacks begins again";
    EXPECT_TRUE(at::equal(tensors.at("lora_unet_middle_block_1_proj_in.lora_down.weight").cpu(), down));
}

TEST(Recipe, RefusesALoraForAnotherFamilyBeforeAnythingIsLoaded) {
    const support::TempFolder folder;
    auto job = tiny_job();
    job.adapter.start_from = (folder.path() / "xl.safetensors").string();
    tensor::save_tensors(
        job.adapter.start_from,
        {{"lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", at::zeros({2, 48})},
         {"lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_up.weight", at::zeros({96, 2})}});
    try {
        load_recipe(job);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Conflict);
        EXPECT_EQ(std::string(error.what()),
                  "xl.safetensors is a LoRA for Stable Diffusion XL, and the checkpoint is of Stable "
                  "Diffusion 1.x.");
    }
    job.model.checkpoint = support::tiny_sdxl_checkpoint().string();
    EXPECT_NO_THROW(load_recipe(job));
}

TEST(Recipe, FollowsTheMarksOfACheckpointAndSaysSo) {
    const support::TempFolder folder;
    const tensor::WeightFile plain(support::tiny_sdxl_checkpoint());
    tensor::NamedTensors tensors{{"v_pred", at::zeros({0})}, {"ztsnr", at::zeros({0})}};
    for (const auto& entry : plain.entries()) tensors[entry.name] = plain.get(entry.name);
    auto job = tiny_job();
    job.model.checkpoint = (folder.path() / "marked.safetensors").string();
    tensor::save_tensors(job.model.checkpoint, tensors, plain.metadata());
    const auto recipe = load_recipe(job);
    const auto& process = dynamic_cast<const diffusion::Ddpm&>(*recipe.process);
    EXPECT_EQ(process.prediction(), settings::Prediction::Velocity);
    EXPECT_EQ(process.schedule().terminal, diffusion::Terminal::Nothing);
    ASSERT_EQ(recipe.news.size(), 1U);
    EXPECT_NE(recipe.news[0].find("zero terminal SNR"), std::string::npos) << recipe.news[0];
    job.model.prediction = settings::Prediction::Epsilon;  // whoever says so is believed
    const auto told = load_recipe(job);
    EXPECT_EQ(dynamic_cast<const diffusion::Ddpm&>(*told.process).schedule().terminal,
              diffusion::Terminal::Trace);
    EXPECT_TRUE(told.news.empty());
    job.model.zero_snr = settings::ZeroSnr::On;
    EXPECT_THROW(load_recipe(job), base::Error);
}

TEST(Recipe, AVaeThatMakesNanOfAnImageInBfloat16ComputesInFloat32FromThereOn) {
    auto job = tiny_job();
    job.model.vae_precision = settings::VaePrecision::Bfloat16;
    auto recipe = load_recipe(job);
    recipe.model->ensure(models::Part::VaeEncoder);  // read when it is wanted
    auto& vae = support::stable_diffusion(*recipe.model).vae;
    EXPECT_EQ(vae.quant_conv.weight.scalar_type(), at::kBFloat16);
    std::vector<std::string> told;
    const auto encoder =
        encoder_of(*recipe.model, [&](std::string text) { told.push_back(std::move(text)); });
    const auto pixels = at::zeros({1, 3, 64, 64});
    EXPECT_TRUE(encoder.encode(pixels).mean.isfinite().all().item<bool>());
    EXPECT_TRUE(told.empty());
    EXPECT_NE(encoder.vae_identity().find("bfloat16"), std::string::npos);
    vae.quant_conv.bias = at::full_like(vae.quant_conv.bias, NAN);
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(encoder.encode(pixels).mean.isfinite().all().item<bool>());
    EXPECT_EQ(told.size(), 1U);
    EXPECT_EQ(vae.quant_conv.weight.scalar_type(), at::kFloat);
    EXPECT_NE(encoder.vae_identity().find("float32"), std::string::npos);  // keys of latents tell the truth
}

TEST(Recipe, TheTextEncodersGroupComesFirstWithItsOwnRate) {
    auto job = tiny_job();
    job.optim.lr = 3e-4;
    job.optim.text_lr = 5e-5;
    auto recipe = load_recipe(job);
    fit_trainee(recipe, job);
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
    fit_trainee(recipe, job);
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
    fit_trainee(recipe, job);
    const auto tensors = recipe.trainee->state();
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
