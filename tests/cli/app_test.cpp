#include "cli/app.hpp"

#include <string>

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/version.hpp"
#include "support/command_line.hpp"
#include "support/places.hpp"

namespace lorikeet::cli {
TEST(App, WithoutACommandItShowsHelp) {
    const auto said = support::said_to({});
    EXPECT_EQ(said.code, 0);
    EXPECT_NE(said.out.find("lorikeet train job.toml"), std::string::npos);
}

TEST(App, EveryCommandHasHelpWithExamples) {
    for (const auto& command : command_words()) {
        const auto said = support::said_to({command.name, "--help"});
        EXPECT_EQ(said.code, 0) << command.name;
        EXPECT_NE(said.out.find("Examples:\n"), std::string::npos) << command.name;
        for (const auto& option : command.options)
            EXPECT_FALSE(option.what.empty()) << command.name << ' ' << option.name;
    }
}

TEST(App, SaysItsVersion) {
    const auto said = support::said_to({"--version"});
    EXPECT_EQ(said.code, 0);
    EXPECT_EQ(said.out, std::string(version_text()) + "\n");
    EXPECT_EQ(said.out.find("lorikeet "), 0u);
}

TEST(App, AMistypedCommandIsAnsweredWithTheNearest) {
    const auto said = support::said_to({"tarin", "job.toml"});
    EXPECT_EQ(said.code, 2);
    EXPECT_EQ(said.err, "error: There is no command \"tarin\".\n help: Did you mean \"lorikeet train\"?\n");
}

TEST(App, AMistypedOptionIsAnsweredWithTheHelpOfItsCommand) {
    const auto said = support::said_to({"train", "job.toml", "--overwrit"});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("--overwrit"), std::string::npos) << said.err;
    EXPECT_NE(said.err.find("lorikeet train --help"), std::string::npos) << said.err;
}

// ./run answers a mistyped word before anything is built, from a list of its own.
TEST(App, TheScriptRunKnowsTheCommands) {
    const auto script = base::read_text(support::root() / "tools" / "run" / "words.sh");
    const std::string opening = "PROGRAM_WORDS=(";
    const auto from = script.find(opening) + opening.size();
    std::string names;
    for (const auto& command : command_words()) names += (names.empty() ? "" : " ") + command.name;
    for (const auto& name : base::split(script.substr(from, script.find(')', from) - from), " "))
        EXPECT_NE((' ' + names + ' ').find(' ' + name + ' '), std::string::npos) << name << " is no command";
    for (const auto& command : command_words())
        EXPECT_NE(script.find(command.name, from), std::string::npos) << command.name << " is missing";
}

TEST(App, CompletionKnowsEveryCommandAndSetting) {
    const auto said = support::said_to({"completion", "bash"});
    EXPECT_EQ(said.code, 0);
    for (const auto& command : command_words()) EXPECT_NE(said.out.find(command.name), std::string::npos);
    EXPECT_NE(said.out.find("data.subsets.0.folder"), std::string::npos);
}

TEST(App, TheManualNamesEveryCommandAndOption) {
    const auto manual = base::read_text(support::root() / "docs" / "cli.md");
    for (const auto& command : command_words()) {
        EXPECT_NE(manual.find("lorikeet " + command.name), std::string::npos) << command.name;
        for (const auto& option : command.options) {
            const bool is_setting = option.name.find('.') !=
                                    std::string::npos;  // those have a page of their own
            if (option.name == "--help" || is_setting) continue;
            EXPECT_NE(manual.find("`" + option.name), std::string::npos) << option.name;
        }
    }
}

}  // namespace lorikeet::cli
