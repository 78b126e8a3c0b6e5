#include "tagger_stage.hpp"

#include <numeric>

#include <gtest/gtest.h>

#include "known_tags.hpp"
#include "support/temp_folder.hpp"
#include "tag/tagger.hpp"
#include "tagger_pack.hpp"

namespace lorikeet::tiny_tagger {
namespace {

double mean_of(std::span<const double> losses) {
    return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
}

TEST(TaggerStage, MakesATaggerThatOpensLikeAnyOther) {
    const support::TempFolder folder;
    const auto losses = train_tagger(folder.path(), 2, {});
    ASSERT_EQ(losses.size(), 2U);
    EXPECT_LT(losses[0], 0.3) << "each tag starts as likely as it is";
    pack_tagger(folder.path(), 2, folder.path() / "tagger");
    const auto tagger = tag::open_tagger(folder.path() / "tagger", settings::DeviceChoice::Cpu,
                                         settings::TagPrecision::Float32);
    EXPECT_EQ(tagger->facts().network, "ConvNeXt");
    EXPECT_EQ(tagger->facts().image_px, 64);
    EXPECT_TRUE(tagger->facts().notes.empty());
    EXPECT_EQ(tagger->tags(), known_tags());
}

TEST(TaggerStage, CountsWhatItLearnsFrom) {
    const auto counts = count_tags(3);
    EXPECT_EQ(counts[0], 3 * 64) << "general";
    EXPECT_EQ(counts[1], 0) << "sensitive";
    ASSERT_EQ(known_tags()[4].name, "solo");
    EXPECT_NEAR(static_cast<double>(counts[4]) / (3 * 64), 0.72, 0.1);
}

TEST(TaggerStageSlow, LearnsWithinAMinute) {
    const support::TempFolder folder;
    const auto losses = train_tagger(folder.path(), 250, {});
    const std::span all(losses);
    EXPECT_LT(mean_of(all.last(25)), 0.8 * mean_of(all.first(25)));
}

}  // namespace
}  // namespace lorikeet::tiny_tagger
