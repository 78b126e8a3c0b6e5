#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.hpp"
#include "support/command_line.hpp"
#include "support/soon.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

using support::said_to;

// Ctrl-C once the run is there: it is saved and ends, and nothing is said of a result.
TEST(DemoCommand, AStopSavesTheRunAndShowsNoResult) {
    const support::TempFolder folder;
    const auto run = folder.path() / "lorikeet-demo";
    std::thread person([&] {
        // The command listens before its run begins; a signal before that would end this process.
        if (support::soon([&] { return std::filesystem::exists(run / "events.jsonl"); }))
            ::kill(::getpid(), SIGINT);
    });
    const auto said = said_to({"demo", "--folder", folder.path().string()});
    person.join();
    EXPECT_EQ(said.code, 130) << said.err;
    EXPECT_NE(said.out.find("Stopped"), std::string::npos) << said.out;
    EXPECT_EQ(said.out.find("nearer to the real ones"), std::string::npos) << said.out;
    EXPECT_TRUE(std::filesystem::exists(run / "job.toml"));
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "demo.html"));
}

TEST(DemoCommand, APlaceThatCannotBeWrittenIsNamedWithARemedy) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "taken", "a file");
    const auto said = said_to({"demo", "--folder", (folder.path() / "taken").string()});
    EXPECT_NE(said.code, 0);
    EXPECT_TRUE(said.err.starts_with("error: ")) << said.err;
    EXPECT_NE(said.err.find("taken"), std::string::npos) << said.err;
    EXPECT_NE(said.err.find("\n help: "), std::string::npos) << said.err;
    EXPECT_EQ(base::read_text(folder.path() / "taken"), "a file");
}

}  // namespace lorikeet::cli
