#include "models/random_checkpoint.hpp"

#include <gtest/gtest.h>

#include "nn/visitors.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::models {

TEST(RandomCheckpoint, TheSameSeedGivesTheSameBytes) {
    const support::TempFolder folder;
    const auto spec = tiny_sd1_spec();
    save_random_checkpoint(folder.path() / "a", spec, at::kBFloat16, 3);
    save_random_checkpoint(folder.path() / "b", spec, at::kBFloat16, 3);
    save_random_checkpoint(folder.path() / "c", spec, at::kBFloat16, 4);
    EXPECT_EQ(base::sha256_file(folder.path() / "a"), base::sha256_file(folder.path() / "b"));
    EXPECT_NE(base::sha256_file(folder.path() / "a"), base::sha256_file(folder.path() / "c"));
}

TEST(RandomCheckpoint, OfSdxlHasAsManyNumbersAsTheRealOne) {
    const auto spec = sdxl_spec();
    nn::CountWeights first, second;
    ClipText(spec.texts[0]).visit(first);
    ClipText(spec.texts[1]).visit(second);
    EXPECT_EQ(first.numbers, 123'060'480);
    EXPECT_EQ(second.numbers, 694'659'840);
}

}  // namespace lorikeet::models
