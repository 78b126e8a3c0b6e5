#include "base/clock.hpp"

#include <chrono>
#include <regex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "support/sanitized.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::base {

TEST(Clock, NowIsWrittenAsUtcToTheSecond) {
    EXPECT_TRUE(std::regex_match(utc_now(), std::regex(R"(20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\dZ)")));
}

TEST(Clock, AProcessGrowsOlderAsFastAsAStopwatchRuns) {
    const Stopwatch watch;
    const double born = process_age_seconds();
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
    const double aged = process_age_seconds() - born;
    EXPECT_GE(aged, 0.03);  // the kernel counts in ticks of 10 ms
    EXPECT_LE(aged, watch.seconds() + 0.03);
}

TEST(Clock, MemoryThatIsTouchedIsCounted) {
    LORIKEET_MEASURES_MEMORY();
    const auto before = memory_now_bytes();
    const std::vector<char> touched(std::size_t{32} << 20U, 'x');
    EXPECT_GE(memory_now_bytes(), before + (std::uint64_t{24} << 20U));
    EXPECT_GE(memory_peak_bytes() + (std::uint64_t{1} << 20U), memory_now_bytes());
    EXPECT_EQ(touched.back(), 'x');
}

TEST(Clock, TheTimeOfAFileIsInTheSameSeconds) {
    const support::TempFolder folder;
    write_whole(folder.path() / "a", "x");
    EXPECT_NEAR(unix_seconds_of(std::filesystem::last_write_time(folder.path() / "a")), unix_seconds(), 5);
}

}  // namespace lorikeet::base
