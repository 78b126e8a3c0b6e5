#include "cli/console.hpp"

#include <cstdlib>
#include <filesystem>
#include <sstream>

#include <gtest/gtest.h>
#include <unistd.h>

#include "cli/report.hpp"

namespace lorikeet::cli {

TEST(Console, CountsColumnsAsATerminalDoes) {
    EXPECT_EQ(columns_of("perch"), 5);
    EXPECT_EQ(columns_of("鸚鵡"), 4);
    EXPECT_EQ(columns_of("é"), 1);
    EXPECT_EQ(columns_of("e\xCC\x81"), 1);  // an accent of its own takes no column
}

TEST(Console, CutsBetweenLettersAndSaysSo) {
    EXPECT_EQ(fit("perch", 5), "perch");
    EXPECT_EQ(fit("a perch", 6), "a p...");
    EXPECT_EQ(fit("鸚鵡鸚鵡", 6), "鸚...");
    EXPECT_EQ(fit("perch", 2), "..");
}

TEST(Console, APipeIsNoTerminal) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const Screen screen = screen_of(ends[1]);
    EXPECT_FALSE(screen.live);
    EXPECT_FALSE(screen.colour);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST(Console, NoColourMeansTheTextAlone) {
    EXPECT_EQ(inked(Ink::Red, "x", {true, false, true, 80}), "x");
    EXPECT_EQ(inked(Ink::Red, "x", {true, true, true, 80}), "\x1b[31mx\x1b[0m");
}

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

}  // namespace lorikeet::cli
