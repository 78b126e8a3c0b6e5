// One main for every floor's tests: quiet logs, one thread count for all.
#include <gtest/gtest.h>

#include "support/places.hpp"

namespace lorikeet::support {

std::filesystem::path root() { return LORIKEET_ROOT; }
std::filesystem::path build_folder() { return LORIKEET_BUILD; }

}  // namespace lorikeet::support

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
