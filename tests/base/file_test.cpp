#include "base/file.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::base {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// Runs `work` in a process of its own, which it may wreck; its exit status.
template <typename Work>
int in_child(const Work& work) {
    const auto child = ::fork();
    if (child == 0) {
        work();
        std::_Exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

std::size_t files_in(const Path& folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

TEST(WriteWhole, ReplacesWhatWasThere) {
    const support::TempFolder folder;
    const auto path = folder.path() / "state";
    write_whole(path, "old");
    write_whole(path, "new and longer");
    EXPECT_EQ(read_text(path), "new and longer");
    EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(WriteWhole, AWriterThatFailsAnywhereLeavesTheOldContent) {
    const support::TempFolder folder;
    const auto path = folder.path() / "state";
    write_whole(path, "what was there before");
    const std::string fresh = "something new";
    for (std::size_t cut = 0; cut <= fresh.size(); ++cut) {
        EXPECT_THROW(write_whole(path,
                                 [&](const ByteSink& sink) {
                                     for (std::size_t i = 0; i < cut; ++i) sink(bytes_of(fresh.substr(i, 1)));
                                     fail(ErrorCode::Interrupted, "cut");
                                 }),
                     Error);
        EXPECT_EQ(read_text(path), "what was there before");
        EXPECT_EQ(files_in(folder.path()), 1U);
    }
}

TEST(WriteWhole, AProcessKilledAnywhereLeavesTheOldContent) {
    const support::TempFolder folder;
    const auto path = folder.path() / "state";
    write_whole(path, "what was there before");
    for (int cut = 0; cut < 5; ++cut) {
        const int status = in_child([&] {
            write_whole(path, [&](const ByteSink& sink) {
                for (int i = 0; i < cut; ++i) sink(bytes_of("part"));
                ::raise(SIGKILL);
            });
        });
        EXPECT_TRUE(WIFSIGNALED(status));
        EXPECT_EQ(read_text(path), "what was there before");
    }
    write_whole(path, "and it can be written again");
    EXPECT_EQ(read_text(path), "and it can be written again");
}

// A limit on the size of files does what a full disk does: the write comes back short, then fails.
TEST(WriteWhole, AFullDiskIsSaidAndLeavesTheOldContent) {
    const support::TempFolder folder;
    const auto path = folder.path() / "state";
    write_whole(path, "what was there before");
    for (const rlim_t room : {0, 1, 4096, 99'999}) {
        const int status = in_child([&] {
            ::signal(SIGXFSZ, SIG_IGN);
            const rlimit limit{room, room};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            try {
                write_whole(path, std::string(100'000, 'n'));
            } catch (const Error& error) {
                std::_Exit(error.code() == ErrorCode::NoSpace ? 7 : 8);
            }
        });
        EXPECT_EQ(WEXITSTATUS(status), 7) << room;
        EXPECT_EQ(read_text(path), "what was there before");
        EXPECT_EQ(files_in(folder.path()), 1U);
    }
}

TEST(WriteWhole, AFolderThatIsNotThereIsSaid) {
    const support::TempFolder folder;
    try {
        write_whole(folder.path() / "absent" / "file", "x");
        FAIL() << "nothing was thrown";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
    }
}

TEST(MappedFile, SeesTheBytesAndOutlivesTheName) {
    const support::TempFolder folder;
    const auto path = folder.path() / "file";
    write_whole(path, "hello");
    const MappedFile file(path);
    std::filesystem::remove(path);
    ASSERT_EQ(file.bytes().size(), 5U);
    EXPECT_EQ(file.bytes()[4], std::byte{'o'});
    EXPECT_THROW(MappedFile(folder.path()), Error);
    EXPECT_THROW(MappedFile{path}, Error);
}

TEST(MappedFile, DoesNotWaitForAPipe) {
    const support::TempFolder folder;
    const auto path = folder.path() / "pipe";
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    for (const auto& other : {path, Path("/dev/zero")}) {
        try {
            MappedFile file(other);
            FAIL() << other;
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find("is a pipe or a device, not a file"), std::string::npos);
        }
    }
}

TEST(FileLock, IsHeldByOneAndFreeAgainAfterItsProcess) {
    const support::TempFolder folder;
    const auto path = folder.path() / "lock";
    const auto child_takes = [&] {
        return WEXITSTATUS(in_child([&] { std::_Exit(FileLock::try_take(path).has_value() ? 1 : 2); }));
    };
    {
        const auto lock = FileLock::try_take(path);
        ASSERT_TRUE(lock.has_value());
        EXPECT_EQ(child_takes(), 2);
    }
    EXPECT_EQ(child_takes(), 1);  // and it died with it
    EXPECT_TRUE(FileLock::try_take(path).has_value());
}

// Who asks whether it is free is no holder, not even for a moment.
TEST(FileLock, ManyWhoLookDoNotSeeEachOther) {
    const support::TempFolder folder;
    const auto path = folder.path() / "lock";
    write_whole(path, "1\n");
    std::atomic<int> held{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            for (int times = 0; times < 2000; ++times) held += FileLock::try_peek(path) ? 0 : 1;
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(held, 0);
    const auto lock = FileLock::try_take(path);
    EXPECT_FALSE(FileLock::try_peek(path));
}

TEST(Sha256, IsThatOfTheStandard) {
    EXPECT_EQ(sha256(std::string_view("abc")),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 hash;
    hash.add(std::string_view("a"));
    hash.add(std::string_view("bc"));
    EXPECT_EQ(hash.hex(), sha256(std::string_view("abc")));
}

TEST(WriteUnsynced, IsWholeOrNotThereToo) {
    const support::TempFolder folder;
    const auto path = folder.path() / "entry";
    const auto write = [&](bool fails) {
        write_unsynced(path, [&](const ByteSink& sink) {
            sink(std::as_bytes(std::span("new", 3)));
            if (fails) fail(ErrorCode::Io, "no more");
        });
    };
    write(false);
    EXPECT_EQ(read_text(path), "new");
    write_whole(path, "old");
    EXPECT_THROW(write(true), Error);
    EXPECT_EQ(read_text(path), "old");
    EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(FileLock, IsSharedByManyAndTakenByNoneMeanwhile) {
    const support::TempFolder folder;
    const auto path = folder.path() / "lock";
    EXPECT_TRUE(FileLock::try_peek_alone(path));
    {
        const auto one = FileLock::try_share(path), two = FileLock::try_share(path);
        EXPECT_TRUE(one && two);
        EXPECT_FALSE(FileLock::try_take(path));
        EXPECT_FALSE(FileLock::try_peek_alone(path));
    }
    EXPECT_TRUE(FileLock::try_peek_alone(path));
    const auto taken = FileLock::try_take(path);
    EXPECT_TRUE(taken);
    EXPECT_FALSE(FileLock::try_share(path));
}

}  // namespace lorikeet::base
