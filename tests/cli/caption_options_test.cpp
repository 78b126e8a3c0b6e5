#include <gtest/gtest.h>

#include "support/command_line.hpp"

namespace lorikeet::cli {

TEST(CaptionOptions, EachCommandHasHelpWithAnExample) {
    for (const auto* name : {"write", "trigger", "add", "remove", "replace", "move", "dedupe", "sort",
                             "emphasise", "plain", "underscores", "prefix", "suffix", "find", "tags"}) {
        const auto said = support::said_to({"caption", name, "--help"});
        EXPECT_EQ(said.code, 0) << name;
        EXPECT_NE(said.out.find(std::string("lorikeet caption ") + name), std::string::npos) << said.out;
    }
}

}  // namespace lorikeet::cli
