#include "io/tensorboard.hpp"

#include <gtest/gtest.h>

#include "io/golden_file.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::io {
namespace {

constexpr double kTime = 1764000000.25;

std::string scalar(std::string_view tag, std::int64_t step, double value) {
    return tensorboard_record(tensorboard_scalar_event(kTime, tag, step, value));
}

}  // namespace

TEST(TensorboardGolden, RecordsAreThoseOfTheReference) {
    const auto file = golden("tensorboard_events");
    EXPECT_EQ(tensorboard_record(tensorboard_version_event(kTime)), golden_text(file, "version"));
    EXPECT_EQ(scalar("loss/current", 0, 0.125), golden_text(file, "first"));
    EXPECT_EQ(scalar("loss/current", 300, 0.1), golden_text(file, "later"));
    EXPECT_EQ(scalar("loss/current", 1, 0.0), golden_text(file, "zero"));
    EXPECT_EQ(scalar("lr/" + std::string(200, 'x'), 123456789012, -3.5), golden_text(file, "long_tag"));
}

TEST(TensorboardWriter, ARunThatGoesOnAddsAFile) {
    const support::TempFolder folder;
    base::Path first;
    {
        TensorboardWriter writer(folder.path() / "tensorboard");
        writer.scalar("loss", 1, 0.5);
        writer.flush();
        first = writer.path();
        const auto before = base::read_text(first);
        writer.scalar("loss", 2, 0.25);
        writer.flush();
        EXPECT_GT(base::read_text(first).size(), before.size());
        EXPECT_TRUE(base::read_text(first).starts_with(before));
    }
    TensorboardWriter again(folder.path() / "tensorboard");
    EXPECT_NE(again.path(), first);
    EXPECT_TRUE(again.path().filename().string().starts_with("events.out.tfevents."));
}

}  // namespace lorikeet::io
