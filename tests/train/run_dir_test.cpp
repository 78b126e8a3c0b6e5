#include "train/run_dir.hpp"

#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::train {

using support::TempFolder;

TEST(RunDir, RefusesAFolderThatIsInUseAndNamesWaysOut) {
    const TempFolder folder;
    const auto run = RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
    base::write_whole(run.job_file(), "x = 1\n");
    try {
        RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Conflict);
        EXPECT_NE(error.hint().find("bird_v2"), std::string::npos);
        EXPECT_NE(error.hint().find("--overwrite"), std::string::npos);
    }
}

TEST(RunDir, ReplacesOnlyWhatIsARun) {
    const TempFolder folder;
    std::filesystem::create_directories(folder.path() / "holiday");
    base::write_whole(folder.path() / "holiday" / "photo.jpg", "precious");
    EXPECT_THROW(RunDir::create(folder.path(), "holiday", RunDir::Existing::Replace), base::Error);
    EXPECT_EQ(base::read_text(folder.path() / "holiday" / "photo.jpg"), "precious");
}

TEST(RunDir, WhatAStartLeftBehindIsNotInTheWay) {
    const TempFolder folder;
    EXPECT_TRUE(RunDir::is_free(folder.path() / "bird"));
    const auto run = RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
    std::filesystem::create_directories(run.launches());
    base::write_whole(run.launches() / "1.txt", "error: no");
    EXPECT_TRUE(RunDir::is_free(run.path())) << "killed before its job was written";
    base::write_whole(run.job_file(), "");
    EXPECT_FALSE(RunDir::is_free(run.path()));
    base::write_whole(folder.path() / "file", "");
    EXPECT_FALSE(RunDir::is_free(folder.path() / "file"));
}

TEST(RunDir, ReplacingKeepsWhatTheStarterWroteAndNothingElse) {
    const TempFolder folder;
    const auto run = RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
    base::write_whole(run.job_file(), "");
    base::write_whole(run.events_file(), "old");
    std::filesystem::create_directories(run.launches());
    base::write_whole(run.launches() / "1.txt", "starting");
    RunDir::create(folder.path(), "bird", RunDir::Existing::Replace);
    EXPECT_FALSE(std::filesystem::exists(run.job_file()));
    EXPECT_FALSE(std::filesystem::exists(run.events_file()));
    EXPECT_EQ(base::read_text(run.launches() / "1.txt"), "starting");
}

TEST(RunDir, IsHeldByOneProcessAtATime) {
    const TempFolder folder;
    const auto run = RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
    EXPECT_EQ(run.holder(), 0);
    const auto lock = run.lock();
    EXPECT_EQ(run.holder(), ::getpid());
    EXPECT_THROW(run.lock(), base::Error);
}

TEST(RunDir, IsFreeAgainWhenItsProcessIsKilled) {
    const TempFolder folder;
    const auto run = RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto lock = run.lock();
        if (::write(ready[1], "x", 1) != 1) ::_exit(1);
        ::pause();
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_EQ(run.holder(), child);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_EQ(run.holder(), 0);
    EXPECT_NO_THROW(run.lock());
}

TEST(RunDir, RequestsAreTakenOnceInOrder) {
    const TempFolder folder;
    const auto run = RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
    EXPECT_TRUE(run.take_requests().empty());
    run.ask(Request::Save);
    run.ask(Request::Stop);
    EXPECT_EQ(run.take_requests(), (std::vector{Request::Save, Request::Stop}));
    EXPECT_TRUE(run.take_requests().empty());
}

TEST(RunDir, NoRequestIsLostHoweverOftenItIsLookedFor) {
    const TempFolder folder;
    const auto run = RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
    constexpr std::size_t kAsked = 2000;
    std::thread asker([&] {
        for (std::size_t i = 0; i < kAsked; ++i) run.ask(Request::Save);
    });
    std::size_t taken = 0;
    for (int i = 0; i < 100'000 && taken < kAsked; ++i) taken += run.take_requests().size();
    asker.join();
    taken += run.take_requests().size();
    EXPECT_EQ(taken, kAsked);
}

TEST(RunDir, WhoOpenedTheFileAndHasNotWrittenYetIsWaitedFor) {
    const TempFolder folder;
    const auto run = RunDir::create(folder.path(), "bird", RunDir::Existing::Refuse);
    const int fd = ::open(run.control_file().c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    std::vector<Request> taken;
    std::thread taker([&] { taken = run.take_requests(); });
    ::usleep(10'000);
    EXPECT_EQ(::write(fd, "stop\n", 5), 5);
    ::close(fd);
    taker.join();
    EXPECT_EQ(taken, std::vector{Request::Stop});
}

TEST(RunDir, AFolderWithoutAJobIsNoRun) {
    const TempFolder folder;
    EXPECT_THROW(RunDir::open(folder.path()), base::Error);
}

}  // namespace lorikeet::train
