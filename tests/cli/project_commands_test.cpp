#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/path.hpp"
#include "support/command_line.hpp"
#include "support/temp_folder.hpp"
#include "support/working_folder.hpp"

namespace lorikeet::cli {

using support::said_to;

namespace {

void expect_in(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
}

}  // namespace

TEST(ProjectCommands, FromNewToTheTrashAndBack) {
    const support::TempFolder folder;
    const support::WorkingFolder here(folder.path());
    expect_in(said_to({"project", "list"}).out, "There are no projects");
    expect_in(said_to({"project", "new", "Blue bird"}).out,
              "Blue bird lies in projects/Blue bird, and is open.");
    EXPECT_EQ(said_to({"project", "new", "blue bird"}).code, 2);
    EXPECT_EQ(said_to({"project", "new", "cat"}).code, 0);
    expect_in(said_to({"project", "open", "Blue bird"}).out, "is open");
    const auto listed = said_to({"project", "list"}).out;
    expect_in(listed, "* Blue bird");
    expect_in(listed, "  cat");
    expect_in(said_to({"project", "rename", "cat", "Tom"}).out, "projects/Tom");
    expect_in(said_to({"project", "delete", "Tom"}).out, "is in the trash");
    expect_in(said_to({"project", "trash"}).out, "Tom");
    EXPECT_EQ(said_to({"project", "trash", "restore"}).code, 2);
    expect_in(said_to({"project", "trash", "restore", "tom"}).out, "again");
    EXPECT_EQ(said_to({"project", "delete", "Tom"}).code, 0);
    expect_in(said_to({"project", "trash", "empty"}).out, "1 project");
    expect_in(said_to({"project", "trash", "list"}).out, "empty");
    expect_in(said_to({"project", "close"}).out, "Blue bird is closed");
    expect_in(said_to({"project", "close"}).out, "No project was open");
    EXPECT_EQ(said_to({"project", "open", "nobody"}).code, 2);
}

TEST(ProjectCommands, RunsAreThoseOfTheOpenProject) {
    const support::TempFolder folder;
    const support::WorkingFolder here(folder.path());
    std::filesystem::create_directories("runs/old");
    base::write_whole("runs/old/job.toml", "");
    expect_in(said_to({"runs"}).out, "old");
    EXPECT_EQ(said_to({"project", "new", "bird", "--projects", "mine"}).code, 0);
    std::filesystem::create_directories("mine/bird/runs/new");
    base::write_whole("mine/bird/runs/new/job.toml", "");
    expect_in(said_to({"runs", "--folder", "runs"}).out, "old");
    const auto said = said_to({"runs"}).out;
    expect_in(said, "new");
    EXPECT_EQ(said.find("old"), std::string::npos) << said;
}

TEST(ProjectCommands, AJobIsReadFromWhereItWasTypedAndRunsInTheProject) {
    const support::TempFolder folder;
    const support::WorkingFolder here(folder.path());
    EXPECT_EQ(said_to({"project", "new", "bird"}).code, 0);
    base::write_whole("job.toml", "[[data.subsets]]\nfolder = \"images\"\n[output]\nname = \"x\"\n");
    const auto said = said_to({"train", "job.toml", "--dry-run"});
    EXPECT_EQ(said.code, 2);
    expect_in(said.out, "In the project bird.");
    EXPECT_EQ(std::filesystem::current_path(), folder.path() / "projects" / "bird");
}

}  // namespace lorikeet::cli
