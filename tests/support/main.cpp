// One main for every floor's tests: quiet logs, one thread count for all.
#include <cstdlib>

#include <gtest/gtest.h>

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
    // Without it a GPU's products cannot be asked to be the same each time.
    ::setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);
    return RUN_ALL_TESTS();
}
