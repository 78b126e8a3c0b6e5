#include <gtest/gtest.h>

#include "support/command_line.hpp"

namespace lorikeet::cli {

TEST(DatasetFileOptions, EachCommandHasHelpWithAnExample) {
    for (const auto* name :
         {"rename", "convert", "resize", "crop", "rotate", "delete", "clean", "undo", "trash"}) {
        const auto said = support::said_to({"dataset", name, "--help"});
        EXPECT_EQ(said.code, 0) << name;
        EXPECT_NE(said.out.find(std::string("lorikeet dataset ") + name), std::string::npos) << said.out;
    }
}

TEST(DatasetFileOptions, WhatIsMissingOrOutOfRangeIsRefused) {
    using Words = std::vector<std::string>;
    for (const auto& words : {Words{"rename", "birds"}, Words{"convert", "birds", "--to", "jpg"},
                              Words{"resize", "birds", "--longest", "3"},
                              Words{"convert", "birds", "--to", "webp", "--quality", "101"},
                              Words{"rotate", "birds", "--turn", "up"}, Words{"delete", "birds"},
                              Words{"undo", "birds", "--steps", "0"}}) {
        auto all = words;
        all.insert(all.begin(), "dataset");
        EXPECT_EQ(support::said_to(all).code, 2) << words[0];
    }
}

}  // namespace lorikeet::cli
