#include "base/path.hpp"

#include <cstdlib>

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/temp_folder.hpp"

namespace lorikeet::base {

TEST(Path, QuestionsAboutImpossibleNamesAreAnsweredNo) {
    const support::TempFolder folder;
    const Path too_long = folder.path() / std::string(300, 'x');
    std::filesystem::create_symlink("circle", folder.path() / "circle");
    std::filesystem::create_symlink("/nowhere/at/all", folder.path() / "dangling");
    for (const auto& path : {too_long, folder.path() / "circle", folder.path() / "dangling", Path(),
                             Path(std::string("a\0b", 3)), too_long / "below"}) {
        EXPECT_FALSE(is_there(path)) << path;
        EXPECT_FALSE(is_file(path)) << path;
        EXPECT_FALSE(is_folder(path)) << path;
        EXPECT_FALSE(bytes_in(path).has_value()) << path;
    }
    write_whole(folder.path() / "f", "abc");
    EXPECT_TRUE(is_file(folder.path() / "f"));
    EXPECT_EQ(bytes_in(folder.path() / "f"), 3U);
    EXPECT_TRUE(is_folder(folder.path()));
}

TEST(TypedPath, WhatCopyingAndTypingLeaveAroundItGoes) {
    ::setenv("HOME", "/people/me", 1);
    for (const auto& [typed, wanted] : std::vector<std::pair<std::string, std::string>>{
             {"data", "data"},
             {"  data ", "data"},
             {"\"my data\"", "my data"},
             {"'my data' ", "my data"},
             {"\xE2\x80\x9C/a b\xE2\x80\x9D", "/a b"},
             {"\xE2\x80\xAA/a/b\xE2\x80\xAC", "/a/b"},
             {"\xC2\xA0/a\n", "/a"},
             {"~", "/people/me"},
             {"~/images", "/people/me/images"},
             {"~other/x", "~other/x"},
             {"a~/b", "a~/b"},
             {"file:///a/my%20birds/%C3%BC", "/a/my birds/\xC3\xBC"},
             {"100%/x", "100%/x"},
             {"it's", "it's"},
             {"\"\"x\"\"", "\"x\""},
             {"file:///a%20", "/a "},
             {"\"", "\""},
             {"", ""}})
        EXPECT_EQ(clean_typed_path(typed), wanted) << typed;
}

TEST(TypedPath, WithoutAHomeATildeStays) {
    ::unsetenv("HOME");
    EXPECT_EQ(clean_typed_path("~/x"), "~/x");
    ::setenv("HOME", "/people/me", 1);
}

TEST(CleanTypedPath, BackslashesOfATerminalAreNotPartOfIt) {
    EXPECT_EQ(clean_typed_path("my\\ pics"), "my pics");
    EXPECT_EQ(clean_typed_path("a\\ b\\(1\\)/c"), "a b(1)/c");
    for (const auto* windows : {"C:\\my\\ pics", ".\\data", "a\\"})
        EXPECT_EQ(clean_typed_path(windows), windows);
    const support::TempFolder folder;
    const auto there = (folder.path() / "a\\ b").string();
    std::filesystem::create_directory(there);
    EXPECT_EQ(clean_typed_path(there), there) << "it is called so";
}

TEST(HintForMissing, SaysWhatThePathWouldBe) {
    const support::TempFolder folder;
    std::filesystem::create_directory(folder.path() / "Images");
    const auto here = [&](const char* name) { return (folder.path() / name).string(); };
    EXPECT_EQ(hint_for_missing(here("images")), "Did you mean " + here("Images") + "?");
    EXPECT_EQ(hint_for_missing(here("images/")), "Did you mean " + here("Images") + "?");
    EXPECT_EQ(hint_for_missing(here("Imgaes")), "Did you mean " + here("Images") + "?");
    EXPECT_EQ(hint_for_missing(here("else")), "Check the path.");
    EXPECT_EQ(hint_for_missing("/here/https://example.org/a.safetensors").substr(0, 33),
              "That is an address on the web: do");
    EXPECT_EQ(hint_for_missing(".\\data"), "This is a path of Windows. Here it would be ./data.");
    for (const auto* path : {"Q:\\Users\\me\\pics", "/here/Q:\\Users\\me\\pics", "/here/Q:/pics"})
        EXPECT_TRUE(hint_for_missing(path).starts_with("This is a path on your own computer")) << path;
    const auto hint = hint_for_missing("C:\temp\new");
    EXPECT_NE(hint.find("('C:\\temp\\new')"), std::string::npos) << hint;
    EXPECT_NE(hint.find("(C:/temp/new)"), std::string::npos) << hint;
}

TEST(WebAddress, IsToldFromAPath) {
    for (const auto* text :
         {"https://example.org/a.safetensors", " HTTP://x", "\"https://x/y\"", "hf://a/b", "s3://a"})
        EXPECT_TRUE(is_web_address(text)) << text;
    for (const auto* text :
         {"a.safetensors", "/here/https://x", "file:///a", "c://data", "a:0.7", "://x", "", "my file://x"})
        EXPECT_FALSE(is_web_address(text)) << text;
}

}  // namespace lorikeet::base
