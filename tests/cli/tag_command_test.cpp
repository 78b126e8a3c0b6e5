#include <gtest/gtest.h>

#include "base/path.hpp"
#include "cli/commands.hpp"
#include "io/image.hpp"
#include "support/command_line.hpp"
#include "support/places.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_tagger.hpp"

namespace lorikeet::cli {

namespace {

struct WithImageAndTagger {
    WithImageAndTagger() {
        support::write_tagger(folder.path() / "tagger", "tag_vit");
        std::filesystem::create_directories(at);
        io::write_png(at / "a.png", {20, 14, std::vector<std::uint8_t>(840, 90)});
    }
    support::Said say(std::vector<std::string> more) const {
        std::vector<std::string> words{
            "tag", at.string(), "--model", (folder.path() / "tagger").string(), "--device", "cpu"};
        words.insert(words.end(), more.begin(), more.end());
        return support::said_to(words);
    }
    support::TempFolder folder;
    base::Path at = folder.path() / "images";
};

bool said(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(TagCommand, ADiffFirstThenTheCaptionThenBack) {
    const WithImageAndTagger room;
    const auto shown = room.say({"--threshold", "0", "--exclude", "tag_5, *piece*"});
    EXPECT_EQ(shown.code, 0) << shown.err;
    EXPECT_TRUE(said(shown.out, "ViT, 16 px, 9 tags; the processor, ")) << shown.out;
    EXPECT_TRUE(said(shown.out, "a.txt\n    + tag 4, tag 6, tag 7\n")) << shown.out;
    EXPECT_TRUE(said(shown.out, "     1  tag 4\n")) << shown.out;
    EXPECT_TRUE(
        said(shown.out, "Nothing is changed yet. With --apply: 1 image tagged; the scores are not kept"))
        << shown.out;
    EXPECT_TRUE(said(room.say({"--threshold", "0.01"}).out, "the scores are kept, so it is quick"));
    EXPECT_TRUE(said(shown.err, "image 1 of 1")) << shown.err;
    EXPECT_FALSE(base::is_there(room.at / "a.txt"));
    const auto done = room.say({"--threshold", "0", "--apply", "--underscores", "--rating", "first"});
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_TRUE(
        base::read_text(room.at / "a.txt").ends_with(", tag_4, tag_5, tag_6, tag_7, nami_(one_piece)"));
    EXPECT_EQ(support::said_to({"dataset", "undo", room.at.string()}).code, 0);
    EXPECT_FALSE(base::is_there(room.at / "a.txt"));
}

TEST(TagCommand, AFileOfSettingsIsReadAndOptionsWinOverIt) {
    const WithImageAndTagger room;
    const auto file = room.folder.path() / "tags.toml";
    base::write_whole(file, "threshold = 0\nexclude = [\"tag 4\"]\nsplit_characters = true\n");
    EXPECT_TRUE(
        said(room.say({"--settings", file.string()}).out, "+ tag 5, tag 6, tag 7, nami, one piece\n"));
    EXPECT_TRUE(
        said(room.say({"--settings", file.string(), "--exclude", "tag*"}).out, "+ nami, one piece\n"));
    base::write_whole(file, "treshold = 0\n");
    const auto wrong = room.say({"--settings", file.string()});
    EXPECT_EQ(wrong.code, 2);
    EXPECT_TRUE(said(wrong.err, ":1: treshold is not a setting. Did you mean threshold?")) << wrong.err;
}

TEST(TagCommand, WhatIsWrongIsSaidWithItsRemedy) {
    const WithImageAndTagger room;
    EXPECT_TRUE(said(support::said_to({"tag", room.at.string()}).err, "model is needed"));
    EXPECT_EQ(room.say({"--threshold", "3"}).code, 2);
    EXPECT_EQ(room.say({"--tag-thresholds", "no such tag=0.5"}).code, 2);
    EXPECT_EQ(support::said_to({"tag", (room.at / "none").string(), "--model", "x"}).code, 2);
    std::filesystem::remove(room.folder.path() / "tagger" / "selected_tags.csv");
    EXPECT_TRUE(said(room.say({}).err, "has no selected_tags.csv"));
}

TEST(TagCommand, NothingAboveTheThresholdIsTold) {
    const WithImageAndTagger room;
    const auto none = room.say({"--threshold", "1.1", "--apply"});
    EXPECT_EQ(none.code, 0) << none.err;
    EXPECT_TRUE(said(none.out, "a.png: No tag reached its threshold.")) << none.out;
    EXPECT_TRUE(said(none.out, "Nothing is to be written.")) << none.out;
    EXPECT_FALSE(base::is_there(room.at / "a.txt"));
}

// The tagger and the images that come with the program, at the default settings.
TEST(TagCommand, TheIncludedTaggerNamesTheLorikeetsOfTheDemo) {
    const support::TempFolder folder;
    const auto assets = support::root() / "assets";
    std::filesystem::copy(assets / "lorikeet", folder.path() / "birds");
    const auto done = support::said_to({"tag", (folder.path() / "birds").string(), "--model",
                                        (assets / "tiny_tagger").string(), "--device", "cpu", "--existing",
                                        "overwrite", "--apply"});
    ASSERT_EQ(done.code, 0) << done.err;
    EXPECT_TRUE(said(done.out, "ConvNeXt, 64 px, ")) << done.out;
    EXPECT_TRUE(said(done.out, "    12  lorikeet\n")) << done.out;
    const auto caption = [&](const char* name) { return base::read_text(folder.path() / "birds" / name); };
    const std::string bird = "solo, bird, blue head, orange breast, green wings, red beak, ";
    EXPECT_EQ(caption("lorikeet-01.txt"), bird + "simple background, white background, lorikeet");
    EXPECT_EQ(caption("lorikeet-03.txt"), bird + "simple background, pink background, lorikeet");
    EXPECT_EQ(caption("lorikeet-07.txt"), bird + "outdoors, grass, lorikeet");
    EXPECT_EQ(caption("lorikeet-12.txt"), bird + "outdoors, night, lorikeet");
}

}  // namespace lorikeet::cli
