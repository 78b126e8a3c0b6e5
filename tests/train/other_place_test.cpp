#include "train/other_place.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::train {

TEST(OtherPlace, TheNearestFolderThatTakesItAndNothingIsWrittenOver) {
    const support::TempFolder folder;
    const auto good = folder.path() / "good";
    std::filesystem::create_directories(good);
    base::write_whole(good / "bird.safetensors", "mine");
    const std::vector<base::Path> folders{folder.path() / "missing", good};
    const auto place = write_elsewhere(folders, "bird.safetensors",
                                       [](const base::Path& file) { base::write_whole(file, "theirs"); });
    ASSERT_TRUE(place);
    EXPECT_EQ(*place, good / "bird_v2.safetensors");
    EXPECT_EQ(base::read_text(good / "bird.safetensors"), "mine");
    EXPECT_FALSE(write_elsewhere(folders, "x",
                                 [](const base::Path&) { base::fail(base::ErrorCode::NoSpace, "full"); }));
}

TEST(OtherPlace, BeginsWithTheRunsOwnFolderAndTheOneAroundIt) {
    const support::TempFolder folder;
    const auto run = folder.path() / "runs" / "bird";
    std::filesystem::create_directories(run);
    const auto places = other_places(run);
    ASSERT_GE(places.size(), 3U);
    EXPECT_EQ(places[0], std::filesystem::canonical(run));
    EXPECT_EQ(places[1], std::filesystem::canonical(run.parent_path()));
}

}  // namespace lorikeet::train
