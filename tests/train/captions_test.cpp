#include "train/captions.hpp"

#include <array>

#include <gtest/gtest.h>

#include "support/tiny.hpp"

namespace lorikeet::train {

TEST(Captions, AFrozenTowerGivesFromMemoryWhatItGaveBefore) {
    const auto model = models::load_bundle(support::tiny_checkpoint());
    settings::Job job;
    job.adapter.train_text = false;
    Captions captions(*model, job);
    const std::array<std::string, 2> both{"a bird", "a fish"};
    const auto first = captions.states(both);
    EXPECT_EQ(first.sizes(), (std::vector<std::int64_t>{2, 77, model->spec.text.width}));
    EXPECT_FALSE(first.requires_grad());
    // Were it read anew, other weights would show.
    model->text.layers.front().fc1.weight = at::zeros_like(model->text.layers.front().fc1.weight);
    EXPECT_TRUE(at::equal(captions.states(both), first));
    EXPECT_TRUE(at::equal(captions.states(std::span(both).subspan(1)), first.slice(0, 1)));
}

TEST(Captions, LongOnesAreGivenTheRoomThatTheJobSays) {
    const auto model = models::load_bundle(support::tiny_checkpoint());
    settings::Job job;
    job.model.max_tokens = 150;
    const std::array<std::string, 1> one{"a bird"};
    EXPECT_EQ(Captions(*model, job).states(one).size(1), 152);
}

}  // namespace lorikeet::train
