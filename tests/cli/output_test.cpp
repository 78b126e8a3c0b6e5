#include "cli/output.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <ostream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.hpp"
#include "support/places.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {
namespace {

int run_shell(const std::string& line) {
    const auto program = (support::build_folder() / "lorikeet").string();
    const int status =
        std::system(("LORIKEET=" + program + " sh -c '" + line + "'").c_str());  // NOLINT(cert-env33-c)
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST(Output, PassesOnAllOfIt) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const std::string text(10'000, 'x');
    {
        Output output(pipe[1]);
        std::ostream stream(&output);
        stream << text << 7 << std::flush;
        EXPECT_EQ(output.trouble(), "");
    }
    ::close(pipe[1]);
    std::string got(20'000, '\0');
    got.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(pipe[0], got.data(), got.size()))));
    ::close(pipe[0]);
    EXPECT_EQ(got, text + "7");
}

TEST(Output, TellsOfAFullDeviceAndNotOfAReaderThatWentAway) {
    std::signal(SIGPIPE, SIG_IGN);
    const int full = ::open("/dev/full", O_WRONLY);
    Output to_full(full);
    std::ostream(&to_full) << "words";
    EXPECT_NE(to_full.trouble(), "");
    ::close(full);
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    ::close(pipe[0]);
    Output to_nobody(pipe[1]);
    std::ostream(&to_nobody) << "words";
    EXPECT_EQ(to_nobody.trouble(), "");
    ::close(pipe[1]);
}

TEST(OutputSlow, EveryCommandTellsOfItWithItsExitCode) {
    for (const std::string command :
         {"settings", "settings --example", "--version", "--help", "completion bash"})
        EXPECT_EQ(run_shell("$LORIKEET " + command + " > /dev/full 2> /dev/null"), 1) << command;
    EXPECT_EQ(run_shell("$LORIKEET settings | head -1 > /dev/null"), 0);
}

TEST(OutputSlow, NoFileTakesThePlaceOfAnOutputThatIsClosed) {
    const support::TempFolder folder;
    const auto file = (folder.path() / "empty").string();
    EXPECT_EQ(run_shell("$LORIKEET runs --folder " + file + " >&- 2>&- <&-"), 0);
}

}  // namespace lorikeet::cli
