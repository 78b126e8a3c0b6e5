#include <gtest/gtest.h>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "studio/living_runs.hpp"
#include "support/command_line.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

using support::said_to;

namespace {

void leave_run(const base::Path& runs, const std::string& name, const std::string& last_event) {
    std::filesystem::create_directories(runs / name);
    base::write_whole(runs / name / "job.toml", "");
    base::write_whole(runs / name / "events.jsonl", last_event + "\n");
}

}  // namespace

TEST(RunCommands, AnEmptyFolderSaysHowToBegin) {
    const support::TempFolder folder;
    const auto said = said_to({"runs", "--folder", folder.path().string()});
    EXPECT_EQ(said.code, 0);
    EXPECT_NE(said.out.find("lorikeet train job.toml"), std::string::npos) << said.out;
}

TEST(RunCommands, EachRunIsALineWithItsStateInWords) {
    const support::TempFolder folder;
    leave_run(folder.path(), "heron",
              R"({"time":2,"kind":"end","reason":"finished","step":30,"file":"heron.safetensors"})");
    leave_run(folder.path(), "finch",
              R"({"time":1,"kind":"end","reason":"failed","step":4,"text":"The loss became NaN."})");
    const auto said = said_to({"runs", "--folder", folder.path().string()});
    EXPECT_LT(said.out.find("heron  finished"), said.out.find("finch  failed")) << said.out;
    EXPECT_NE(said.out.find("heron.safetensors"), std::string::npos) << said.out;
    EXPECT_NE(said.out.find("The loss became NaN."), std::string::npos) << said.out;
}

TEST(RunCommands, ARunThatNobodyWorksOnCannotBeStopped) {
    const support::TempFolder folder;
    leave_run(folder.path(), "heron", "");
    for (const auto* command : {"stop", "save"}) {
        const auto said = said_to({command, (folder.path() / "heron").string()});
        EXPECT_EQ(said.code, 2);
        EXPECT_NE(said.err.find("No process is working on"), std::string::npos) << said.err;
    }
}

TEST(RunCommands, ATrainingElsewhereIsListedAndFoundByItsName) {
    const support::TempFolder folder;
    const studio::RunRecord record(folder.path() / "elsewhere/kea", studio::Others::Refuse);
    const auto said = said_to({"runs", "--folder", (folder.path() / "runs").string()});
    EXPECT_NE(said.out.find("kea runs in " + (folder.path() / "elsewhere/kea").string()), std::string::npos)
        << said.out;
    EXPECT_NE(said.out.find("lorikeet stop"), std::string::npos) << said.out;
    EXPECT_NE(said_to({"save", "kea"}).err.find("folder of kea is gone"), std::string::npos);
}

TEST(RunCommands, ATrainingElsewhereSendsNothingToTheTerminal) {
    const support::TempFolder folder;
    const studio::RunRecord record(folder.path() / "k\x1b[31mea\nkaka", studio::Others::Refuse);
    const auto said = said_to({"runs", "--folder", (folder.path() / "runs").string()});
    EXPECT_EQ(said.out.find('\x1b'), std::string::npos) << said.out;
    EXPECT_NE(said.out.find("k\\x1b[31mea\\nkaka runs in"), std::string::npos) << said.out;
}

}  // namespace lorikeet::cli
