#include "cli/report.hpp"

#include <filesystem>
#include <new>
#include <sstream>

#include <gtest/gtest.h>

namespace lorikeet::cli {
namespace {

struct Told {
    std::ostringstream out, err;
    Console console{out, err, {}, {}};
};

}  // namespace

TEST(Report, SaysCauseAndRemedyInTwoLines) {
    Told told;
    const int code = guarded(told.console, []() -> int {
        base::fail(base::ErrorCode::NotFound, "There is no file a.toml.", "Check the path.");
    });
    EXPECT_EQ(code, 2);
    EXPECT_EQ(told.err.str(), "error: There is no file a.toml.\n help: Check the path.\n");
}

TEST(Report, AFileSystemThatRefusesAPathIsNoBugOfOurs) {
    Told told;
    const int code = guarded(told.console, []() -> int {
        static_cast<void>(std::filesystem::exists(std::filesystem::path(std::string(300, 'c'))));
        return 0;
    });
    EXPECT_EQ(code, 1);
    EXPECT_NE(told.err.str().find("File name too long."), std::string::npos) << told.err.str();
    EXPECT_EQ(told.err.str().find("bug of Lorikeet"), std::string::npos) << told.err.str();
}

TEST(Report, KeepsALibrarysStackTraceToItself) {
    Told told;
    const int code = guarded(told.console,
                             []() -> int { throw std::runtime_error("shape mismatch\n#0 frame\n#1 frame"); });
    EXPECT_EQ(code, 1);
    EXPECT_EQ(told.err.str().find("#0"), std::string::npos);
    EXPECT_EQ(told.err.str().find("error: shape mismatch\n help: "), 0u);
}

TEST(Report, AnInterruptIsNoError) {
    Told told;
    EXPECT_EQ(guarded(told.console, []() -> int { throw base::Error(base::ErrorCode::Interrupted, "stop"); }),
              130);
    EXPECT_EQ(told.err.str(), "Stopped.\n");
}

TEST(Report, NumbersAllProblemsOfAJob) {
    Told told;
    const int code =
        say_problems(told.console, "job.toml",
                     {{"job.toml:3", "optim.lr wants a number.", "Write 5e-4."}, {"", "No images.", ""}});
    EXPECT_EQ(code, 2);
    EXPECT_EQ(told.err.str(),
              "error: 2 problems to fix in job.toml; nothing was started.\n"
              "   1. job.toml:3: optim.lr wants a number.\n"
              "      Write 5e-4.\n"
              "   2. No images.\n");
}

TEST(Report, AProblemIsOneLineWhateverAPathHolds) {
    Told told;
    say_problems(told.console, "job.toml", {{"a\nb", "There is no folder c\nd.", "Make e\nf."}});
    EXPECT_NE(told.err.str().find("   1. a\\nb: There is no folder c\\nd.\n      Make e\\nf.\n"),
              std::string::npos)
        << told.err.str();
}

// An interrupt that has something to say is told as an error, with the same exit code.
TEST(Report, AnInterruptWithARemedyIsTold) {
    Told told;
    const int code = guarded(told.console, []() -> int {
        base::fail(base::ErrorCode::Interrupted, "Stopped while the model was read.", "Run it again.");
    });
    EXPECT_EQ(code, 130);
    EXPECT_EQ(told.err.str(), "error: Stopped while the model was read.\n help: Run it again.\n");
}

TEST(Report, TooLittleMemoryIsSaidInWordsOfTheJob) {
    Told told;
    EXPECT_EQ(guarded(told.console, []() -> int { throw std::bad_alloc(); }), 2);
    EXPECT_TRUE(told.err.str().starts_with("error: There is not enough memory for this.\n help: "))
        << told.err.str();
    EXPECT_NE(told.err.str().find("data.batch"), std::string::npos);
}

TEST(Report, WhatGoesWellKeepsItsCodeAndSaysNothing) {
    Told told;
    EXPECT_EQ(guarded(told.console, [] { return 3; }), 3);
    EXPECT_EQ(told.err.str() + told.out.str(), "");
}

TEST(Report, ACauseOfSeveralLinesIsSetUnderTheFirst) {
    Told told;
    say_error(told.console, "one\ntwo\x1b[2J", "three\nfour");
    EXPECT_EQ(told.err.str(), "error: one\n       two\\x1b[2J\n help: three\n       four\n");
    Told warned;
    say_warning(warned.console, "careful", "look");
    say_warning(warned.console, "again");
    EXPECT_EQ(warned.err.str(), "warning: careful\n  help: look\nwarning: again\n");
}

TEST(Report, ColourIsDecorationAlone) {
    std::ostringstream out, err;
    Console console{out, err, {}, {true, true, true, 80}};
    say_error(console, "cause", "remedy");
    auto text = err.str();
    EXPECT_NE(text.find("\x1b[31merror:\x1b[0m cause"), std::string::npos);
    for (auto at = text.find('\x1b'); at != std::string::npos; at = text.find('\x1b'))
        text.erase(at, text.find('m', at) + 1 - at);
    EXPECT_EQ(text, "error: cause\n help: remedy\n");
}

// What a command did is done, but a script must not take half a list for the whole.
TEST(Report, OutputThatDidNotArriveFailsACommandThatWentWell) {
    Told told;
    EXPECT_EQ(said_all(told.console, "", 0), 0);
    EXPECT_EQ(told.err.str(), "");
    EXPECT_EQ(said_all(told.console, "No space left on device", 0), 1);
    EXPECT_TRUE(told.err.str().starts_with(
        "error: Not all of the output could be written: No space left on device.\n help: "))
        << told.err.str();
    EXPECT_EQ(said_all(told.console, "No space left on device", 130), 130);
}

TEST(Report, OneProblemIsNotSeveral) {
    Told told;
    EXPECT_EQ(say_problems(told.console, "job\n.toml", {{"", "No images.", ""}}), 2);
    EXPECT_EQ(told.err.str(),
              "error: One problem to fix in job\\n.toml; nothing was started.\n   1. No images.\n");
}

}  // namespace lorikeet::cli
