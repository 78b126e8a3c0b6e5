#include "studio/process.hpp"

#include <csignal>
#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "support/soon.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {
namespace {

using support::soon;

ProcessRequest shell(const base::Path& folder, const std::string& script) {
    return {"/bin/sh", {"-c", script}, folder, folder / "said.txt"};
}

}  // namespace

TEST(Process, SaysWhatItSaysIntoItsFileInItsFolder) {
    const support::TempFolder folder;
    start_process(shell(folder.path(), "echo here; pwd; echo there >&2"));
    ASSERT_TRUE(soon([&] { return !lives(folder.path() / "said.txt"); }));
    const auto said = base::read_text(folder.path() / "said.txt");
    EXPECT_EQ(said, "here\n" + std::filesystem::canonical(folder.path()).string() + "\nthere\n");
}

TEST(Process, IsSeenToLiveUntilItEnds) {
    const support::TempFolder folder;
    const int pid = start_process(shell(folder.path(), "while ! test -e go; do sleep 0.01; done"));
    EXPECT_TRUE(lives(folder.path() / "said.txt"));
    EXPECT_EQ(::kill(pid, 0), 0);
    base::write_whole(folder.path() / "go", "");
    EXPECT_TRUE(soon([&] { return !lives(folder.path() / "said.txt"); }));
}

TEST(Process, LivesOnWhenItsStarterIsKilledAndItsTerminalCloses) {
    const support::TempFolder folder;
    const pid_t starter = ::fork();
    if (starter == 0) {
        ::setsid();
        start_process(shell(folder.path(), "echo begun; while ! test -e go; do sleep 0.01; done; echo done"));
        ::pause();
    }
    const auto said = folder.path() / "said.txt";
    ASSERT_TRUE(soon([&] { return std::filesystem::exists(said) && base::read_text(said) == "begun\n"; }));
    ::kill(-starter, SIGHUP);  // the whole session of the starter
    ::kill(-starter, SIGKILL);
    ::waitpid(starter, nullptr, 0);
    EXPECT_TRUE(lives(folder.path() / "said.txt"));
    base::write_whole(folder.path() / "go", "");
    ASSERT_TRUE(soon([&] { return !lives(folder.path() / "said.txt"); }));
    EXPECT_EQ(base::read_text(folder.path() / "said.txt"), "begun\ndone\n");
}

TEST(Process, IsNobodysChildAndHoldsNothingOfItsStarter) {
    const support::TempFolder folder;
    const auto lock = base::FileLock::try_take(folder.path() / "lock");
    std::ofstream open_file(folder.path() / "mine");
    start_process(shell(folder.path(), "ls /proc/self/fd | wc -l; sleep 0.05"));
    EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "there is no child to wait for";
    ASSERT_TRUE(soon([&] { return !lives(folder.path() / "said.txt"); }));
    // 0, 1, 2, and the folder that ls itself reads
    EXPECT_EQ(std::stoi(base::read_text(folder.path() / "said.txt")), 4);
}

TEST(Process, AProgramThatIsNotThereIsSaidAtOnce) {
    const support::TempFolder folder;
    ProcessRequest request{folder.path() / "nothing", {}, folder.path(), folder.path() / "said.txt"};
    EXPECT_THROW(start_process(request), base::Error);
    request.program = "/bin/sh";
    request.working_folder = folder.path() / "absent";
    try {
        start_process(request);
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_NE(std::string(error.what()).find("the folder"), std::string::npos) << error.what();
    }
    request.output = folder.path() / "absent" / "said.txt";
    EXPECT_THROW(start_process(request), base::Error);
}

TEST(LastWords, AreTheLastErrorAndItsHelp) {
    const support::TempFolder folder;
    const auto file = folder.path() / "said.txt";
    EXPECT_EQ(last_words(file).cause, "");
    base::write_whole(file, "step 1\nwarning: small\nerror: The disk is full.\n help: Free some space.\n");
    EXPECT_EQ(last_words(file).cause, "The disk is full.");
    EXPECT_EQ(last_words(file).hint, "Free some space.");
    base::write_whole(file, "error: 2 problems to fix in job.toml; nothing was started.\n   1. a\n   2. b\n");
    EXPECT_EQ(last_words(file).cause,
              "2 problems to fix in job.toml; nothing was started.\n   1. a\n   2. b");
    EXPECT_EQ(last_words(file).hint, "");
    base::write_whole(file, "all went well\n");
    EXPECT_EQ(last_words(file).cause, "");
    EXPECT_EQ(last_words(file).all, "all went well\n");
}

TEST(OwnProgram, LiesBesideTheOneThatRuns) {
    EXPECT_EQ(own_program().filename(), "lorikeet");
    EXPECT_TRUE(std::filesystem::exists(own_program()));
}

}  // namespace lorikeet::studio
