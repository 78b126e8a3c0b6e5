#include "models/part_files.hpp"

#include <fstream>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "models/family.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::models {
namespace {

class PartFilesOf : public ::testing::Test {
  protected:
    base::Path file(const char* name) const {
        auto path = folder_.path() / name;
        std::ofstream(path) << name;
        return path;
    }
    // A family whose text encoder lies beside the checkpoint.
    static Family family() {
        Family row{};
        row.files_beside = [](const base::Path& checkpoint) {
            return PartFiles{text_in(checkpoint.parent_path() / "text.safetensors")};
        };
        return row;
    }
    support::TempFolder folder_;
};

}  // namespace

TEST_F(PartFilesOf, TheCheckpointHoldsWhatNoOtherFileDoes) {
    const auto source = held_open(file("whole.safetensors"), {vae_in(file("vae.safetensors"))});
    EXPECT_EQ(source.checkpoint().parts, (std::vector{Part::Text, Part::Unet}));
    EXPECT_EQ(source.file_of(Part::VaeEncoder).path.filename(), "vae.safetensors");
    EXPECT_EQ(source.file_of(Part::Text).path.filename(), "whole.safetensors");
    ASSERT_EQ(source.others().size(), 1U);
    EXPECT_EQ(source.others()[0].name(), "VAE");
    std::filesystem::remove(source.others()[0].path);
    EXPECT_TRUE(std::filesystem::exists(source.others()[0].held->readable())) << "it is held open";
    EXPECT_THROW(held_open(folder_.path() / "gone", {}), base::Error);
}

TEST_F(PartFilesOf, AnOutlineHasNoFile) {
    const ModelSource source;
    EXPECT_TRUE(source.file_of(Part::Text).path.empty());
    EXPECT_FALSE(source.file_of(Part::Text).held);
    EXPECT_TRUE(source.others().empty());
}

TEST_F(PartFilesOf, WhatAJobNamesComesBeforeWhatLiesBeside) {
    const auto checkpoint = file("whole.safetensors");
    const auto beside = file("text.safetensors");
    auto files = part_files_for(family(), checkpoint, {vae_in("vae")});
    ASSERT_EQ(files.size(), 2U);
    EXPECT_EQ(file_with(files, Part::Text)->path, beside);
    EXPECT_EQ(file_with(files, Part::Text)->name(), "text encoder");
    EXPECT_EQ(file_with(files, Part::Unet), nullptr);
    files = part_files_for(family(), checkpoint, {text_in("mine")});
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].path, "mine");
    EXPECT_TRUE(part_files_for({}, checkpoint, {}).empty());
}

TEST_F(PartFilesOf, AMissingOneIsNamed) {
    try {
        part_files_for(family(), file("whole.safetensors"), {});
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_STREQ(
            error.what(),
            "The text encoder of whole.safetensors is missing: there is no text.safetensors beside it.");
        EXPECT_EQ(error.code(), base::ErrorCode::NotFound);
    }
}

}  // namespace lorikeet::models
