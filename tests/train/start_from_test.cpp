#include "train/start_from.hpp"

#include <functional>
#include <limits>

#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "support/network_of.hpp"
#include "support/tiny.hpp"
#include "train/recipe.hpp"

namespace lorikeet::train {
namespace {

constexpr auto kUnetLayer = "lora_unet_mid_block_attentions_0_proj_in";

settings::Job start_job() {
    settings::Job job;
    job.model.checkpoint = support::tiny_checkpoint().string();
    job.adapter.rank = 3;
    job.adapter.alpha = 6;
    job.adapter.train_unet = job.adapter.train_text = true;
    return job;
}

// A LoRA of rank 2 and alpha 1 for all that is trained, changed, and a job that goes on from it.
class StartFile {
  public:
    explicit StartFile(const std::function<void(tensor::NamedTensors&)>& change = {}) {
        auto other = job;
        other.adapter.rank = 2;
        other.adapter.alpha = 1;
        auto recipe = load_recipe(other);
        fit_trainee(recipe, other);
        layers = static_cast<std::int64_t>(support::network_of(recipe).modules().size());
        auto tensors = recipe.trainee->state();
        if (change) change(tensors);
        job.adapter.start_from = (folder_.path() / "earlier.safetensors").string();
        tensor::save_tensors(job.adapter.start_from, tensors);
    }
    StartFacts facts() const {
        return start_facts(job.adapter, *models::spec_of(io::SafetensorsFile(support::tiny_checkpoint())));
    }
    std::string refusal() const {
        try {
            facts();
        } catch (const base::Error& error) {
            return std::string(error.what()) + " " + error.hint();
        }
        return "nothing was thrown";
    }
    std::int64_t layers = 0;
    settings::Job job = start_job();

  private:
    support::TempFolder folder_;
};

void drop(tensor::NamedTensors& tensors, const std::string& head) {
    std::erase_if(tensors, [&](const auto& entry) { return entry.first.starts_with(head); });
}

bool tells(const StartFacts& facts, const std::string& part) {
    return base::join(facts.news, "\n").find(part) != std::string::npos;
}

std::int64_t count(const LayerRanks& layers) {
    std::int64_t sum = 0;
    for (const auto& [rank, number] : layers) sum += number;
    return sum;
}

}  // namespace

TEST(StartFrom, ACompleteFileKeepsItsRanksAndSaysSo) {
    const StartFile start;
    const auto facts = start.facts();
    EXPECT_EQ(facts.from_file, (LayerRanks{{{2, 1.0}, start.layers}}));
    EXPECT_TRUE(facts.fresh.empty());
    EXPECT_TRUE(tells(facts, "earlier.safetensors keep its ranks"));
    auto same = start.job.adapter;
    same.rank = 2;
    same.alpha = 1;
    const auto quiet = start_facts(same, *models::spec_of(io::SafetensorsFile(support::tiny_checkpoint())));
    EXPECT_TRUE(quiet.news.empty()) << base::join(quiet.news, " ");
}

TEST(StartFrom, LayersThatTheFileLacksBeginAgainAtTheJobsRank) {
    for (const std::string gone : {"lora_te_", "lora_unet_"}) {
        const StartFile start([&](auto& tensors) { drop(tensors, gone); });
        const auto facts = start.facts();
        EXPECT_GT(count(facts.fresh), 0);
        EXPECT_EQ(count(facts.from_file) + count(facts.fresh), start.layers);
        EXPECT_EQ(facts.fresh.begin()->first, std::pair(std::int64_t{3}, 6.0));
        EXPECT_TRUE(tells(facts, gone == "lora_te_" ? "of the text encoder); they start fresh"
                                                    : "of the U-Net); they start fresh"));

        auto recipe = load_recipe(start.job);
        EXPECT_EQ(recipe.news, facts.news) << "the log tells the same as the plan";
        fit_trainee(recipe, start.job);
        ASSERT_EQ(static_cast<std::int64_t>(support::network_of(recipe).modules().size()), start.layers);
        std::int64_t numbers = 0;
        for (const auto& module : support::network_of(recipe).modules()) {
            const bool fresh = module.target.name.starts_with(gone);
            EXPECT_EQ(module.facts().rank, fresh ? 3 : 2) << module.target.name;
            EXPECT_EQ(module.facts().alpha, fresh ? 6 : 1);
            const auto tensors = module.tensors();
            const auto &down = tensors.at(".lora_down.weight"), &up = tensors.at(".lora_up.weight");
            EXPECT_TRUE(!fresh || up.abs().max().item<float>() == 0);
            numbers += down.numel() + up.numel();
        }
        EXPECT_EQ(numbers, facts.numbers);
        ASSERT_EQ(recipe.optimizer->groups().size(), 2U);
        for (const auto& group : recipe.optimizer->groups()) EXPECT_FALSE(group.tensors.empty());
    }
}

TEST(StartFrom, FreshLayersBeginAsInANetworkThatIsAllFresh) {
    const StartFile start([](auto& tensors) { drop(tensors, kUnetLayer); });
    auto recipe = load_recipe(start.job);
    fit_trainee(recipe, start.job);
    auto other = start_job();
    auto fresh = load_recipe(other);
    fit_trainee(fresh, other);
    const auto name = std::string(kUnetLayer) + ".lora_down.weight";
    EXPECT_TRUE(at::equal(recipe.trainee->state().at(name), fresh.trainee->state().at(name)));
}

TEST(StartFrom, AHalfThatIsNotTrainedIsToldAndNeedNotBeSound) {
    StartFile start([](auto& tensors) {
        for (auto& [name, tensor] : tensors)
            if (name.starts_with("lora_te_") && name.ends_with("lora_up.weight"))
                tensor = at::full_like(tensor, std::numeric_limits<float>::quiet_NaN());
    });
    EXPECT_NE(start.refusal().find("lora_te_"), std::string::npos) << "it would be trained";
    start.job.adapter.train_text = false;
    const auto facts = start.facts();
    EXPECT_TRUE(tells(facts, "that this job does not train (adapter.train_text is false)"));
    EXPECT_TRUE(tells(facts, "holds NaN or infinity in"));
    auto recipe = load_recipe(start.job);
    EXPECT_NO_THROW(fit_trainee(recipe, start.job));
}

TEST(StartFrom, ALayerThatIsNotFiniteIsNamedWithARemedy) {
    const StartFile start([](auto& tensors) {
        auto& up = tensors.at(std::string(kUnetLayer) + ".lora_up.weight");
        up = up.clone();
        up.view(-1)[0] = std::numeric_limits<float>::quiet_NaN();
    });
    EXPECT_EQ(
        start.refusal(),
        "earlier.safetensors: the layer lora_unet_mid_block_attentions_0_proj_in holds a NaN in lora_up. "
        "Its training went wrong: take an earlier save of this LoRA, or train it again with a lower "
        "learning rate.");
}

TEST(StartFrom, ConvolutionLayersAreRefusedByTheirCause) {
    const StartFile start([](auto& tensors) {
        tensors["lora_unet_conv_in.lora_down.weight"] = at::zeros({2, 4, 3, 3});
        tensors["lora_unet_conv_in.lora_up.weight"] = at::zeros({32, 2, 1, 1});
    });
    const auto refusal = start.refusal();
    EXPECT_NE(
        refusal.find("earlier.safetensors is a LoCon: 1 of its layers, such as lora_unet_conv_in, are not "
                     "trained by Lorikeet yet."),
        std::string::npos)
        << refusal;
    EXPECT_EQ(refusal.find("family"), std::string::npos) << refusal;
}

TEST(StartFrom, WhatOneTrainerBundlesIsLeftOutWithAWord) {
    const StartFile start([](auto& tensors) {
        tensors["bundle_emb.mybird.clip_l"] = at::zeros({1, 64});
        tensors["lora_te_text_projection.lora_down.weight"] = at::zeros({2, 64});
        tensors["lora_te_text_projection.lora_up.weight"] = at::zeros({64, 2});
    });
    const auto facts = start.facts();
    EXPECT_EQ(count(facts.from_file), start.layers);
    EXPECT_TRUE(tells(facts, "the embedding mybird, which is not used"));
    EXPECT_TRUE(tells(facts, "lora_te_text_projection, which is not trained"));
}

TEST(StartFrom, AFileOfTheOtherHalfAloneIsRefused) {
    StartFile start([](auto& tensors) { drop(tensors, "lora_unet_"); });
    start.job.adapter.train_text = false;
    EXPECT_NE(start.refusal().find("holds no layer that this job trains"), std::string::npos)
        << start.refusal();
}

TEST(StartFrom, ManyRanksAreListedShortly) {
    EXPECT_EQ(words_for({{{4, 2.0}, 48}, {{8, 8.0}, 12}}), "48 of rank 4, alpha 2; 12 of rank 8, alpha 8");
    LayerRanks many;
    for (std::int64_t rank = 1; rank <= 6; ++rank) many[{rank, 1.0}] = 1;
    EXPECT_NE(words_for(many).find("; and 2 other kinds"), std::string::npos);
}

}  // namespace lorikeet::train
