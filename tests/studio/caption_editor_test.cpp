#include "studio/caption_editor.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

struct WithCaption {
    explicit WithCaption(const std::string& bytes) { base::write_whole(folder.path() / "a.txt", bytes); }
    EditedCaption edited() const { return edited_caption(folder.path(), image, ".txt"); }
    std::string after_parts(const std::vector<std::string>& parts) const {
        return change_of_parts(edited(), parts).value().texts.at(0).after.value();
    }
    std::string after_text(const std::string& text) const {
        return change_of_text(edited(), text).value().texts.at(0).after.value();
    }
    support::TempFolder folder;
    ListedImage image{"a.png", 0, 0, "", {"a.txt"}};
};

}  // namespace

TEST(CaptionEditor, ShowsPartsLinesAndText) {
    const WithCaption one(
        "\xEF\xBB\xBF"
        "bird, red beak\r\n\r\nA bird on a branch, looking left.\r\n");
    const auto edited = one.edited();
    EXPECT_EQ(edited.file, "a.txt");
    EXPECT_EQ(edited.parts, (std::vector<CaptionPart>{{"bird", false}, {"red beak", false}}));
    EXPECT_EQ(edited.more_lines, 1U);
    EXPECT_EQ(edited.text, "bird, red beak\n\nA bird on a branch, looking left.\n");
}

TEST(CaptionEditor, WhatIsNotTouchedStays) {
    const WithCaption one(
        "\xEF\xBB\xBF"
        "bird,  red beak\r\nA bird on a branch, looking left.\r\n");
    EXPECT_EQ(one.after_parts({"red beak", "bird"}),
              "\xEF\xBB\xBF"
              "red beak, bird\r\nA bird on a branch, looking left.\r\n");
    EXPECT_FALSE(change_of_parts(one.edited(), {"bird", "red beak"})) << "the blanks stay, too";
    EXPECT_EQ(one.after_text("bird\nsings"),
              "\xEF\xBB\xBF"
              "bird\r\nsings");
    EXPECT_FALSE(change_of_text(one.edited(), one.edited().text));
}

TEST(CaptionEditor, WhatIsTypedIntoAPartMayBeSeveral) {
    const WithCaption one("bird");
    EXPECT_EQ(one.after_parts({"bird", "red\nbeak, , green wings"}), "bird, red beak, green wings");
    EXPECT_EQ(one.after_parts({}), "");
}

TEST(CaptionEditor, ACaptionThatIsNotThereIsMade) {
    const support::TempFolder folder;
    const ListedImage image{"sub/b.png", 0, 0, "", {}};
    const auto edited = edited_caption(folder.path(), image, ".txt");
    EXPECT_EQ(edited.file, "sub/b.txt");
    EXPECT_FALSE(edited.before);
    EXPECT_FALSE(change_of_parts(edited, {}));
    const auto change = change_of_parts(edited, {"bird"}).value();
    EXPECT_EQ(change.texts.at(0).before, std::nullopt);
    EXPECT_EQ(change.texts.at(0).after, "bird");
    EXPECT_EQ(change.what, "caption of sub/b.png changed");
}

TEST(CaptionEditor, OtherBytesAreAnotherVersion) {
    const WithCaption one("bird");
    const auto before = one.edited();
    base::write_whole(one.folder.path() / "a.txt", "bird ");
    EXPECT_NE(one.edited().version, before.version);
    std::filesystem::remove(one.folder.path() / "a.txt");
    EXPECT_EQ(one.edited().version, "none");
}

TEST(CaptionEditor, AFileOfUtf16SaysWhatAChangeMakesOfIt) {
    const WithCaption one(std::string("\xFF\xFEo\0k\0", 6));
    EXPECT_TRUE(one.edited().is_utf16);
    EXPECT_EQ(one.edited().text, "ok");
    EXPECT_FALSE(change_of_parts(one.edited(), {"ok"})) << "untouched bytes stay";
    EXPECT_EQ(one.after_parts({"ok", "bird"}), "ok, bird");
    EXPECT_EQ(one.after_text("fine"), "fine");
    EXPECT_FALSE(WithCaption("ok").edited().is_utf16);
}

TEST(CaptionEditor, LinksAndWhatIsNoTextAreRefused) {
    const WithCaption one(
        "\xFF\xFE"
        "b\0i");
    EXPECT_THROW(one.edited(), base::Error);
    std::filesystem::rename(one.folder.path() / "a.txt", one.folder.path() / "b");
    std::filesystem::create_symlink(one.folder.path() / "b", one.folder.path() / "a.txt");
    try {
        one.edited();
        FAIL() << "a link";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Unsupported);
    }
}

TEST(CaptionWriter, WritesOverWhatWasSeenAndOverItself) {
    const WithCaption one("bird");
    CaptionWriter writer;
    const auto put = [&](const std::string& id, const std::string& version, const std::string& after,
                         const std::vector<std::string>& parts) {
        return writer.write(one.folder.path(), one.image, ".txt", {id, version, after},
                            [&](const auto& caption) { return change_of_parts(caption, parts); });
    };
    const auto seen = one.edited().version;
    EXPECT_EQ(put("1", seen, "", {"bird", "beak"})->done, 1U);
    EXPECT_FALSE(put("2", "", "1", {"bird", "beak"})) << "it is there already";
    EXPECT_EQ(put("3", "", "2", {"beak"})->done, 1U);
    EXPECT_EQ(base::read_text(one.folder.path() / "a.txt"), "beak");
    EXPECT_THROW(put("4", seen, "", {"x"}), base::Error);
    EXPECT_THROW(put("5", "", "4", {"x"}), base::Error) << "what follows a refused one is refused";
    EXPECT_EQ(base::read_text(one.folder.path() / "a.txt"), "beak");
}

}  // namespace lorikeet::studio
