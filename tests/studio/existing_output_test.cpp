#include "studio/existing_output.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(ExistingOutput, AFreePlaceHasNone) {
    const support::TempFolder folder;
    EXPECT_FALSE(look_at_output(folder.path() / "bird"));
    std::filesystem::create_directories(folder.path() / "bird" / "launch");
    base::write_whole(folder.path() / "bird" / "launch" / "1.txt", "error: no");
    EXPECT_FALSE(look_at_output(folder.path() / "bird"))
        << "a start that failed leaves nothing worth keeping";
}

TEST(ExistingOutput, TellsItsFilesWithSizeAndDateAndTheNextName) {
    const support::TempFolder folder;
    const auto run = folder.path() / "bird";
    std::filesystem::create_directories(run / "checkpoints");
    std::filesystem::create_directories(folder.path() / "bird_v2");
    base::write_whole(folder.path() / "bird_v2" / "x", "x");
    base::write_whole(run / "job.toml", "12345");
    base::write_whole(run / "checkpoints" / "bird.safetensors", "1234567890");
    const auto there = look_at_output(run);
    ASSERT_TRUE(there);
    EXPECT_TRUE(there->is_run);
    EXPECT_EQ(there->pid, 0);
    ASSERT_EQ(there->files.size(), 1u);
    EXPECT_EQ(there->files[0].name, "checkpoints/bird.safetensors");
    EXPECT_EQ(there->files[0].bytes, 10u);
    EXPECT_GT(there->files[0].changed, 1.6e9);
    EXPECT_EQ(there->bytes, 15u);
    EXPECT_EQ(there->next_free_name, "bird_v3");
}

TEST(ExistingOutput, SomethingElseIsToldFromARun) {
    const support::TempFolder folder;
    std::filesystem::create_directories(folder.path() / "photos");
    base::write_whole(folder.path() / "photos" / "a.jpg", "x");
    const auto there = look_at_output(folder.path() / "photos");
    ASSERT_TRUE(there);
    EXPECT_FALSE(there->is_run);
}

TEST(ExistingOutput, ANameThatOnlyLooksLikeAnotherIsFound) {
    const support::TempFolder folder;
    const auto run = folder.path() / "bird", twin = folder.path() / "bi\u200brd";
    EXPECT_FALSE(twin_of(twin));
    std::filesystem::create_directories(run);
    base::write_whole(run / "job.toml", "x");
    EXPECT_EQ(twin_of(twin), run);
    EXPECT_FALSE(twin_of(run));
    EXPECT_FALSE(twin_of(folder.path() / "birds"));
}

}  // namespace lorikeet::studio
