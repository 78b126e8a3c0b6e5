#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/path.hpp"
#include "support/archives.hpp"
#include "support/command_line.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

using support::said_to;

namespace {

// Smallest image there is: one grey pixel, as a BMP.
std::string pixel(char grey) {
    std::string bmp(
        "BM\x3A\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0\1\0\0\0\1\0\0\0\1\0\x18\0\0\0\0\0\4\0\0\0\0\0\0\0\0\0\0\0\0"
        "\0\0\0\0\0\0\0",
        54);
    return bmp + std::string(3, grey) + '\0';
}

}  // namespace

TEST(DatasetCommands, ImportTellsWhatCameAndWhatDidNot) {
    const support::TempFolder folder;
    const auto zip = (folder.path() / "birds.zip").string(), set = (folder.path() / "set").string();
    support::write_archive(zip, {{"10_bird/a.bmp", pixel('a')},
                                 {"10_bird/a.txt", "a bird"},
                                 {"notes\x1b[2J.pdf", "x"},
                                 {"__MACOSX/b", "x"}});
    const auto said = said_to({"dataset", "import", zip, "--to", set});
    EXPECT_EQ(said.code, 0) << said.err;
    for (const auto* part :
         {"1 image and 1 caption came into ", "10_bird       10       1         1  bird", "notes\\x1b[2J.pdf",
          "neither an image nor a caption", "passed over: __MACOSX (1)"})
        EXPECT_NE(said.out.find(part), std::string::npos) << part << " in\n" << said.out;
    EXPECT_EQ(said.out.find('\x1b'), std::string::npos);
    EXPECT_TRUE(base::is_file(base::Path(set) / "10_bird" / "a.bmp"));
    const auto again = said_to({"dataset", "import", zip, "--to", set});
    EXPECT_EQ(again.code, 0);
    EXPECT_NE(again.out.find("there already (2)"), std::string::npos) << again.out;
}

TEST(DatasetCommands, AnImportIsTakenBackLikeAnyChange) {
    const support::TempFolder folder;
    const auto zip = (folder.path() / "birds.zip").string(), set = (folder.path() / "set").string();
    support::write_archive(zip, {{"10_bird/a.bmp", pixel('a')}, {"10_bird/a.txt", "a bird"}});
    const auto said = said_to({"dataset", "import", zip, "--to", set});
    EXPECT_NE(said.out.find("Back: lorikeet dataset undo " + set), std::string::npos) << said.out;
    EXPECT_EQ(said_to({"dataset", "import", zip, "--to", set}).out.find("Back:"), std::string::npos)
        << "nothing came";
    const auto undone = said_to({"dataset", "undo", set});
    EXPECT_NE(undone.out.find("Taken back: 2 files imported."), std::string::npos) << undone.out;
    EXPECT_FALSE(base::is_there(base::Path(set) / "10_bird" / "a.bmp"));
}

TEST(DatasetCommands, WhatIsWrongIsSaid) {
    const support::TempFolder folder;
    const auto set = (folder.path() / "set").string();
    EXPECT_EQ(said_to({"dataset"}).code, 2);
    EXPECT_EQ(said_to({"dataset", "import", "photos"}).code, 2);
    EXPECT_EQ(said_to({"dataset", "import", "/no/such/folder", "--to", set}).code, 2);
    std::filesystem::create_directory(folder.path() / "empty");
    const auto said = said_to({"dataset", "import", (folder.path() / "empty").string(), "--to", set});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.out.find("Nothing was taken"), std::string::npos) << said.out;
    EXPECT_FALSE(base::is_there(set));
}

TEST(DatasetCommands, LimitsAreOptions) {
    const support::TempFolder folder;
    const auto zip = (folder.path() / "birds.zip").string(), set = (folder.path() / "set").string();
    support::write_archive(zip, {{"a.bmp", pixel('a')}, {"b.bmp", pixel('b')}});
    const auto refused = said_to({"dataset", "import", zip, "--to", set, "--most-files", "1"});
    EXPECT_EQ(refused.code, 2);
    EXPECT_NE(refused.err.find("most-files"), std::string::npos) << refused.err;
    EXPECT_EQ(said_to({"dataset", "import", zip, "--to", set, "--most-bytes", "10"}).code, 2);
    EXPECT_EQ(said_to({"dataset", "import", zip, "--to", set, "--most-bytes", "1MB"}).code, 0);
    const auto negative = said_to({"dataset", "import", zip, "--to", set, "--most-bytes", "-1"});
    EXPECT_EQ(negative.code, 2);
    EXPECT_NE(negative.err.find("-1 is no size; write it as in 500MB."), std::string::npos) << negative.err;
}

TEST(DatasetCommands, HelpShowsTheSubcommand) {
    EXPECT_NE(said_to({"dataset", "--help"}).out.find("import"), std::string::npos);
    EXPECT_NE(said_to({"dataset", "import", "--help"}).out.find("--most-ratio"), std::string::npos);
}

}  // namespace lorikeet::cli
