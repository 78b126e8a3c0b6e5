#include "cli/list_view.hpp"

#include <sstream>

#include <gtest/gtest.h>

namespace lorikeet::cli {

TEST(ListView, IsCutShortUntilAllIsAskedFor) {
    std::ostringstream out, err;
    Console console{out, err, {}, {}};
    const auto line = [](std::size_t i) { return "line " + std::to_string(i); };
    say_list(console, "nothing", 0, false, line);
    EXPECT_EQ(out.str(), "");
    say_list(console, "many", 23, false, line);
    EXPECT_NE(out.str().find("many (23):\n  line 0\n"), std::string::npos);
    EXPECT_NE(out.str().find("  line 19\n  and 3 more; --all names them\n"), std::string::npos);
    out.str("");
    say_list(console, "many", 23, true, line);
    EXPECT_NE(out.str().find("  line 22\n"), std::string::npos);
}

}  // namespace lorikeet::cli
