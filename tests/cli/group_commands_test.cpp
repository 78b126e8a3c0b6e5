#include "cli/group_commands.hpp"

#include <gtest/gtest.h>

#include "support/command_line.hpp"

namespace lorikeet::cli {

TEST(GroupCommands, AGroupAsksForAWordBehindIt) {
    const auto said = support::said_to({"dataset"});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("dataset --help"), std::string::npos) << said.err;
    EXPECT_EQ(support::said_to({"dataset", "no-such-word"}).code, 2);
}

TEST(GroupCommands, CompletionOffersItsWordsAndTheirOptions) {
    for (const auto& command : command_words()) {
        if (command.name != "dataset") continue;
        EXPECT_EQ(command.choices,
                  (std::vector<std::string>{"import", "report", "rename", "convert", "resize", "crop",
                                            "rotate", "delete", "clean", "undo", "trash"}));
        EXPECT_GT(command.options.size(), 5u);
        return;
    }
    FAIL() << "no such group";
}

}  // namespace lorikeet::cli
