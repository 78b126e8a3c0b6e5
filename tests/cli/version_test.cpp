#include "cli/version.hpp"

#include <regex>
#include <string>

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "support/places.hpp"

namespace lorikeet::cli {

TEST(Version, IsTheNumberThatTheProjectIsGiven) {
    const auto project = base::read_text(support::root() / "CMakeLists.txt");
    std::smatch found;
    ASSERT_TRUE(
        std::regex_search(project, found, std::regex("project\\([^)]*VERSION ([0-9]+\\.[0-9]+\\.[0-9]+)")));
    EXPECT_EQ(version_text(), "lorikeet " + found[1].str());
}

}  // namespace lorikeet::cli
