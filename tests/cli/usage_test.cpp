#include "cli/usage.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <gtest/gtest.h>

#include "support/command_line.hpp"

namespace lorikeet::cli {

TEST(Usage, ACommandIsNamedAsFarAsItIsOne) {
    CLI::App app;
    auto* group = app.add_subcommand("dataset", "");
    group->add_subcommand("import", "");
    EXPECT_EQ(command_in(app, {"dataset", "import", "photos"}), "dataset import ");
    EXPECT_EQ(command_in(app, {"dataset", "--help"}), "dataset ");
    EXPECT_EQ(command_in(app, {"import"}), "");
}

TEST(Usage, HelpSaysWhatAnOptionTakesOnce) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"dataset", "import", "--help"}, {"project", "trash", "--help"}}) {
        const auto help = support::said_to(words).out;
        EXPECT_EQ(help.find(" in ["), std::string::npos) << help;
        EXPECT_EQ(help.find(":{"), std::string::npos) << help;
        EXPECT_EQ(help.find(":SIZE"), std::string::npos) << help;
    }
}

TEST(Usage, AnErrorLeadsToTheHelpOfItsOwnCommand) {
    const auto said = support::said_to({"dataset", "import", "photos"});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("--to is missing."), std::string::npos) << said.err;
    EXPECT_NE(said.err.find("`lorikeet dataset import --help`"), std::string::npos) << said.err;
}

}  // namespace lorikeet::cli
