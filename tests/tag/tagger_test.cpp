#include "tag/tagger.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tag/golden_tagger.hpp"

namespace lorikeet::tag {

namespace {

std::unique_ptr<Tagger> opened(const base::Path& folder) {
    return open_tagger(folder, settings::DeviceChoice::Cpu, settings::TagPrecision::Float32);
}
std::string opening_complaint(const base::Path& folder) {
    try {
        opened(folder);
    } catch (const base::Error& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST(Tagger, ScoresAreTheSameAloneAndTogether) {
    const support::TempFolder folder;
    write_tagger(folder.path(), "tag_vit");
    const auto tagger = opened(folder.path());
    EXPECT_EQ(tagger->facts().network, "ViT");
    EXPECT_EQ(tagger->facts().image_px, 16);
    EXPECT_EQ(tagger->facts().device, "the processor");
    EXPECT_EQ(tagger->facts().numbers, "float32");
    EXPECT_EQ(tagger->tags().size(), 9U);
    EXPECT_TRUE(tagger->facts().notes.empty());
    const std::vector<io::Image> squares(3, io::Image{16, 16, std::vector<std::uint8_t>(768, 200)});
    const auto together = tagger->scores(squares), alone = tagger->scores({squares.data(), 1});
    ASSERT_EQ(together.size(), 3U);
    for (std::size_t i = 0; i < 9; ++i) {
        EXPECT_NEAR(together[2][i], alone[0][i], 1e-6);
        EXPECT_GE(alone[0][i], 0);
        EXPECT_LE(alone[0][i], 1);
    }
}

TEST(Tagger, OpensWithoutAConfigAndSaysWhatItAssumed) {
    const support::TempFolder folder;
    write_tagger(folder.path(), "tag_convnext");
    std::filesystem::remove(folder.path() / "config.json");
    const auto tagger = opened(folder.path());
    EXPECT_EQ(tagger->facts().notes.size(), 1U);
    EXPECT_EQ(tagger->facts().image_px, 448);
}

TEST(Tagger, WhatDoesNotFitIsToldInOneSentence) {
    const support::TempFolder folder;
    EXPECT_NE(opening_complaint(folder.path() / "none").find("There is no folder of a tagger"),
              std::string::npos);
    EXPECT_NE(opening_complaint(folder.path()).find("has no model.safetensors"), std::string::npos);
    write_tagger(folder.path(), "tag_vit");
    base::write_whole(folder.path() / "selected_tags.csv", tag_lines(8));
    EXPECT_NE(opening_complaint(folder.path()).find("has 8 tags, and the network answers with 9"),
              std::string::npos);
    std::filesystem::remove(folder.path() / "selected_tags.csv");
    EXPECT_NE(opening_complaint(folder.path()).find("has no selected_tags.csv"), std::string::npos);
    write_tagger(folder.path(), "tag_vit");
    const auto whole = base::read_text(folder.path() / "model.safetensors");
    base::write_whole(folder.path() / "model.safetensors", whole.substr(0, whole.size() / 2));
    EXPECT_NE(opening_complaint(folder.path()), "") << "half downloaded";
}

TEST(Tagger, AnotherFileHasAnotherFingerprint) {
    const support::TempFolder folder;
    write_tagger(folder.path(), "tag_vit");
    const auto first = opened(folder.path())->facts().fingerprint;
    EXPECT_EQ(opened(folder.path())->facts().fingerprint, first);
    auto weights = weights_of_golden("tag_vit");
    weights["head.bias"] += 1;
    tensor::save_tensors(folder.path() / "model.safetensors", weights);
    EXPECT_NE(opened(folder.path())->facts().fingerprint, first);
}

}  // namespace lorikeet::tag
