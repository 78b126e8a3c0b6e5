#include "studio/import_names.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(ImportNames, NoPlaceClimbsOut) {
    for (const auto* name : {"../a.png", "a/../../b.png", "..\\a.png", "/etc/a.png", "C:\\a.png", "c:a.png",
                             "\\\\host\\a.png", "", "./", ".."})
        EXPECT_EQ(place_of_name(name), std::nullopt) << name;
    EXPECT_EQ(place_of_name("./10_bird//a.png"), "10_bird/a.png");
    EXPECT_EQ(place_of_name("10_bird\\a.png"), "10_bird/a.png");
    EXPECT_EQ(place_of_name("what?/con/a..png"), "what_/_con/a..png");
}

TEST(ImportNames, WhatSystemsLeaveIsPassedOver) {
    EXPECT_EQ(passed_over_in("__MACOSX/10_a/._1.png"), "__MACOSX");
    EXPECT_EQ(passed_over_in("10_a/.DS_Store"), ".DS_Store");
    EXPECT_EQ(passed_over_in("10_a\\Thumbs.db"), "Thumbs.db");
    EXPECT_EQ(passed_over_in("10_a/.lorikeet-cache/x"), ".lorikeet-cache");
    EXPECT_EQ(passed_over_in("./10_a/a.b.png"), "");
    EXPECT_EQ(passed_over_in("../a.png"), "");
}

TEST(ImportNames, NamesAreReadable) {
    EXPECT_EQ(readable_name("gr\u00fcn", "CP437"), "gr\u00fcn");
    EXPECT_EQ(readable_name("gr\x81n", "CP437"), "gr\u00fcn");
    EXPECT_EQ(readable_name("gr\x81n", ""), "gr\uFFFDn");
}

TEST(ImportNames, AListNamesSources) {
    const support::TempFolder folder;
    const auto at = [&](const char* name) { return folder.path() / name; };
    std::filesystem::create_directories(at("sub"));
    for (const auto* name : {"a b.png", "sub/c.png", "sub/c.txt", "pair.png", "pair.txt"})
        base::write_whole(at(name), "x");
    base::write_whole(at("list.txt"),
                      "\xEF\xBB\xBF# birds\r\n\"a b.png\"\r\n\r\n  sub/c.png\nsub/c.txt\na b.png\n" +
                          at("pair.png").string() + "\ngone.png\n");
    std::vector<LeftOutFile> left_out;
    const std::vector<std::string> captions{".txt"};
    const std::vector<base::Path> given{at("list.txt"), at("pair.txt")};
    const auto sources = sources_in(given, captions, left_out);
    ASSERT_EQ(sources.size(), 3u);  // pair.txt is a caption, and its image is listed
    EXPECT_EQ(sources[0].name, "a b.png");
    EXPECT_EQ(sources[1].name, "sub/c.png");
    EXPECT_EQ(sources[2].name, "pair.png");
    ASSERT_EQ(left_out.size(), 1u);
    EXPECT_EQ(left_out[0].from, "list.txt: gone.png");
    base::write_whole(at("bad.txt"), "\xff\xfe");
    EXPECT_THROW(sources_in(std::vector{at("bad.txt")}, captions, left_out), base::Error);
    EXPECT_THROW(sources_in(std::vector{at("gone")}, captions, left_out), base::Error);
}

}  // namespace lorikeet::studio
