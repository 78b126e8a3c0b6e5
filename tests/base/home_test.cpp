#include "base/home.hpp"

#include <cstdlib>

#include <gtest/gtest.h>
#include <unistd.h>

namespace lorikeet::base {

TEST(Home, TheOneNamedInTheEnvironmentComesFirst) {
    const auto home = std::filesystem::temp_directory_path() /
                      ("lorikeet-home-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(home / "assets");
    write_whole(home / "assets" / "a-thing", "x");
    ::setenv("LORIKEET_HOME", home.c_str(), 1);
    EXPECT_EQ(try_find_asset("a-thing"), home / "assets" / "a-thing");
    ::unsetenv("LORIKEET_HOME");
    EXPECT_EQ(try_find_asset("a-thing"), std::nullopt);
    std::filesystem::remove_all(home);
}

}  // namespace lorikeet::base
