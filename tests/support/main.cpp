// One main for every floor's tests: quiet logs, one thread count for all.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/processor.hpp"
#include "support/places.hpp"

namespace lorikeet::support {

std::filesystem::path root() {
    const char* elsewhere = std::getenv("LORIKEET_ROOT");  // tests that were built on another machine
    return elsewhere ? elsewhere : LORIKEET_ROOT;
}
std::filesystem::path build_folder() { return LORIKEET_BUILD; }

}  // namespace lorikeet::support

namespace {

// Whether this run is to stand for a lesser processor than the machine's and cannot: LORIKEET_TEST_CPU names its kind.
bool is_no_lesser_processor() {
    namespace base = lorikeet::base;
    const char* word = std::getenv("LORIKEET_TEST_CPU");
    if (!word) return false;
    const auto here = base::processor_of_machine();
    if (base::capped(base::Processor::Amx, {word, ""}) < here) {
        ::setenv("LORIKEET_CPU", word, 1);
        return false;
    }
    std::printf("[  SKIPPED ] %s is no lesser kind of processor than this machine's, %s.\n", word,
                std::string(base::name_of(here)).c_str());
    return true;
}

}  // namespace

int main(int argc, char** argv) {
    constexpr int kSkipped = 77;  // as ctest is told
    if (is_no_lesser_processor()) return kSkipped;
    lorikeet::base::hold_libraries_back();
    ::testing::InitGoogleTest(&argc, argv);
    // The rates of tiny models are no news for the person whose machine this is.
    ::setenv("LORIKEET_PACE_FILE", "/dev/null/pace.json", 0);
    // Tests that train do not see each other, nor the person's own trainings.
    const auto running = std::filesystem::temp_directory_path() /
                         ("lorikeet-test-running-" + std::to_string(::getpid()));
    ::setenv("LORIKEET_RUNNING_FOLDER", running.c_str(), 0);
    // Without it a GPU's products cannot be asked to be the same each time.
    ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
    const int result = RUN_ALL_TESTS();
    std::error_code ignored;
    std::filesystem::remove_all(running, ignored);
    return result;
}
