#include "train/captions.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "models/conditioning.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny.hpp"

namespace lorikeet::train {
namespace {

const std::vector<std::string> kTwo = {"a red bird", "a tree in the wind"};

settings::Job job_with(bool train_text) {
    settings::Job job;
    job.adapter.train_text = train_text;
    return job;
}

// The text tower as if it had been trained: other weights, other states.
void change(models::StableDiffusion& model) {
    model.texts.front().token_embedding = model.texts.front().token_embedding.flip(0).contiguous();
}

}  // namespace

TEST(Captions, AFrozenTowerGivesWhatTheWholeBatchGives) {
    const auto model = models::load_stable_diffusion(support::tiny_checkpoint());
    Captions captions(*model, job_with(false));
    const auto states = captions.states(kTwo).context;
    EXPECT_EQ(states.sizes(), (at::IntArrayRef{2, 77, 64}));
    EXPECT_FALSE(states.requires_grad());
    EXPECT_FALSE(at::allclose(states[0], states[1], 1e-3, 1e-3));
    const auto together = models::encode_captions(model->texts.front(), model->tokenizer(), kTwo, 1, {});
    EXPECT_TRUE(at::allclose(states, together, 1e-5, 1e-5));
}

TEST(Captions, AFrozenTowerReadsEachCaptionOnce) {
    const auto model = models::load_stable_diffusion(support::tiny_checkpoint());
    Captions frozen(*model, job_with(false)), trained(*model, job_with(true));
    const auto before = frozen.states(kTwo).context;
    change(*model);
    EXPECT_TRUE(at::equal(frozen.states(kTwo).context, before));
    const auto turned = frozen.states(std::vector{kTwo[1], kTwo[0]}).context;
    EXPECT_TRUE(at::equal(turned, before.flip(0)));
    EXPECT_FALSE(at::allclose(trained.states(kTwo).context, before, 1e-3, 1e-3));
}

TEST(Captions, InTwoStepsTheyAreReadTheSame) {
    for (const auto& file : {support::tiny_checkpoint(), support::tiny_sdxl_checkpoint()}) {
        const auto model = models::load_stable_diffusion(file);
        Captions captions(*model, job_with(true));
        const auto whole = captions.states(kTwo), parts = captions.read(captions.ids_of(kTwo));
        EXPECT_TRUE(at::equal(whole.context, parts.context));
        EXPECT_EQ(whole.pooled.defined(), parts.pooled.defined());
        if (whole.pooled.defined()) {
            EXPECT_TRUE(at::equal(whole.pooled, parts.pooled));
        }
    }
}

TEST(Captions, WhatIsKeptIsReadWithoutTheEncodersAndIsTheSame) {
    const support::TempFolder folder;
    const base::Cancel cancel;
    const auto model = models::load_stable_diffusion(support::tiny_sdxl_checkpoint());
    auto job = job_with(false);
    job.train.precision = settings::Precision::Float32;
    const auto fresh = Captions(*model, job).states(kTwo);
    std::size_t told = 0;
    Captions captions(*model, job);
    captions.keep(
        {kTwo.begin(), kTwo.end()}, folder.path(), [&](auto, auto) { ++told; }, cancel);
    EXPECT_EQ(told, 2U);
    model->release(models::Part::Text);
    const auto kept = captions.states(kTwo);
    EXPECT_FALSE(model->has(models::Part::Text));
    EXPECT_TRUE(at::equal(kept.context, fresh.context));
    EXPECT_TRUE(at::equal(kept.pooled, fresh.pooled));
    EXPECT_EQ(kept.pooled.sizes(), (at::IntArrayRef{2, 40}));
    // One that was not asked for is read all the same, and the encoders go again.
    EXPECT_EQ(captions.states(std::vector<std::string>{"a wren"}).context.size(0), 1);
    EXPECT_FALSE(model->has(models::Part::Text));
    // Another run finds them all.
    const auto again = models::load_stable_diffusion(support::tiny_sdxl_checkpoint(), {.texts_later = true});
    Captions later(*again, job);
    later.keep(
        {kTwo.begin(), kTwo.end()}, folder.path(), [](auto, auto) {}, cancel);
    EXPECT_FALSE(again->has(models::Part::Text));
    EXPECT_TRUE(at::equal(later.states(kTwo).context, fresh.context));
}

TEST(Captions, WeightsChangeWhatIsReadAndWhereItIsKept) {
    const auto model = models::load_stable_diffusion(support::tiny_checkpoint());
    auto job = job_with(false);
    const std::set<std::string> texts{"a (red:1.4) bird"};
    Captions letters(*model, job);
    job.data.weighted_captions = true;
    Captions weights(*model, job);
    job.model.text_cleaning = settings::TextCleaning::None;
    EXPECT_NE(letters.cache_keys(texts), weights.cache_keys(texts));
    EXPECT_EQ(Captions(*model, job).cache_keys(texts), weights.cache_keys(texts))
        << "cleaning changes nothing here";
    const std::vector<std::string> plain{"a red bird"}, one(texts.begin(), texts.end());
    const auto unweighted = weights.states(plain).context, states = weights.states(one).context;
    EXPECT_TRUE(at::allclose(states.select(1, 2), 1.4 * unweighted.select(1, 2), 1e-5, 1e-5));
    EXPECT_TRUE(at::equal(states.select(1, 1), unweighted.select(1, 1)));
}

TEST(Captions, WithoutPaddingStatesEndWithTheLongestOfTheBatchAndAreTheSameUpToThere) {
    for (const auto& file : {support::tiny_checkpoint(), support::tiny_sdxl_checkpoint()}) {
        const auto model = models::load_stable_diffusion(file);
        auto job = job_with(false);
        const auto padded = Captions(*model, job).states(kTwo);
        job.model.token_padding = false;
        const auto frozen = Captions(*model, job).states(kTwo);
        job.adapter.train_text = true;
        const auto trained = Captions(*model, job).states(kTwo);
        const auto longest = model->token_counter().count(kTwo[1], {}) + 2;
        EXPECT_EQ(frozen.context.size(1), longest);
        EXPECT_TRUE(at::equal(frozen.context, padded.context.narrow(1, 0, longest)));
        EXPECT_TRUE(at::allclose(trained.context, frozen.context, 1e-4, 1e-5));
        if (padded.pooled.defined()) {
            EXPECT_TRUE(at::allclose(trained.pooled, padded.pooled, 1e-4, 1e-5));
        }
        const std::vector<std::string> nothing{""};
        EXPECT_EQ(Captions(*model, job).states(nothing).context.size(1), 2) << "begin and end";
    }
}

TEST(Captions, ClipSkipAndLengthAreThoseOfTheJob) {
    const auto model = models::load_stable_diffusion(support::tiny_checkpoint());
    auto job = job_with(false);
    Captions last(*model, job);
    job.model.clip_skip = 2;
    Captions earlier(*model, job);
    EXPECT_FALSE(at::allclose(last.states(kTwo).context, earlier.states(kTwo).context, 1e-3, 1e-3));
    job.model.max_tokens = 150;
    EXPECT_EQ(Captions(*model, job).states(kTwo).context.size(1), 152);
}

}  // namespace lorikeet::train
