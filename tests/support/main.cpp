// One main for every floor's tests: quiet logs, one thread count for all.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>
#include <unistd.h>

#include "support/places.hpp"

namespace lorikeet::support {

std::filesystem::path root() {
    const char* elsewhere = std::getenv("LORIKEET_ROOT");  // tests that were built on another machine
    return elsewhere ? elsewhere : LORIKEET_ROOT;
}
std::filesystem::path build_folder() { return LORIKEET_BUILD; }

}  // namespace lorikeet::support

int main(int argc, char** argv) {
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
