#include "train/captions.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "models/conditioning.hpp"
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
void change(models::Bundle& model) {
    model.text.token_embedding = model.text.token_embedding.flip(0).contiguous();
}

}  // namespace

TEST(Captions, AFrozenTowerGivesWhatTheWholeBatchGives) {
    const auto model = models::load_bundle(support::tiny_checkpoint());
    Captions captions(*model, job_with(false));
    const auto states = captions.states(kTwo);
    EXPECT_EQ(states.sizes(), (at::IntArrayRef{2, 77, 64}));
    EXPECT_FALSE(states.requires_grad());
    EXPECT_FALSE(at::allclose(states[0], states[1], 1e-3, 1e-3));
    const auto together = models::encode_captions(model->text, model->tokenizer, kTwo, 1, 75);
    EXPECT_TRUE(at::allclose(states, together, 1e-5, 1e-5));
}

TEST(Captions, AFrozenTowerReadsEachCaptionOnce) {
    const auto model = models::load_bundle(support::tiny_checkpoint());
    Captions frozen(*model, job_with(false)), trained(*model, job_with(true));
    const auto before = frozen.states(kTwo);
    change(*model);
    EXPECT_TRUE(at::equal(frozen.states(kTwo), before));
    const auto turned = frozen.states(std::vector{kTwo[1], kTwo[0]});
    EXPECT_TRUE(at::equal(turned, before.flip(0)));
    EXPECT_FALSE(at::allclose(trained.states(kTwo), before, 1e-3, 1e-3));
}

TEST(Captions, ClipSkipAndLengthAreThoseOfTheJob) {
    const auto model = models::load_bundle(support::tiny_checkpoint());
    auto job = job_with(false);
    Captions last(*model, job);
    job.model.clip_skip = 2;
    Captions earlier(*model, job);
    EXPECT_FALSE(at::allclose(last.states(kTwo), earlier.states(kTwo), 1e-3, 1e-3));
    job.model.max_tokens = 150;
    EXPECT_EQ(Captions(*model, job).states(kTwo).size(1), 152);
}

}  // namespace lorikeet::train
