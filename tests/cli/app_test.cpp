#include "cli/app.hpp"

#include <filesystem>
#include <sstream>

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/text.hpp"

namespace lorikeet::cli {
namespace {

struct Said {
    int code = 0;
    std::string out, err;
};

Said said_to(const std::vector<std::string>& words) {
    std::ostringstream out, err;
    Console console{out, err, {}, {}};
    const int code = run(words, console);
    return {code, out.str(), err.str()};
}

}  // namespace

TEST(App, WithoutACommandItShowsHelp) {
    const auto said = said_to({});
    EXPECT_EQ(said.code, 0);
    EXPECT_NE(said.out.find("lorikeet train job.toml"), std::string::npos);
}

TEST(App, EveryCommandHasHelpWithExamples) {
    for (const auto& command : command_words()) {
        const auto said = said_to({command.name, "--help"});
        EXPECT_EQ(said.code, 0) << command.name;
        EXPECT_NE(said.out.find("Examples:\n"), std::string::npos) << command.name;
        for (const auto& option : command.options)
            EXPECT_FALSE(option.what.empty()) << command.name << ' ' << option.name;
    }
}

TEST(App, SaysItsVersion) {
    const auto said = said_to({"--version"});
    EXPECT_EQ(said.code, 0);
    EXPECT_EQ(said.out.find("lorikeet "), 0u);
}

TEST(App, AMistypedCommandIsAnsweredWithTheNearest) {
    const auto said = said_to({"tarin", "job.toml"});
    EXPECT_EQ(said.code, 2);
    EXPECT_EQ(said.err, "error: There is no command \"tarin\".\n help: Did you mean \"lorikeet train\"?\n");
}

TEST(App, AMistypedOptionIsAnsweredWithTheHelpOfItsCommand) {
    const auto said = said_to({"train", "job.toml", "--overwrit"});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("--overwrit"), std::string::npos) << said.err;
    EXPECT_NE(said.err.find("lorikeet train --help"), std::string::npos) << said.err;
}

TEST(App, AMissingJobFileIsTwoLines) {
    const auto said = said_to({"train", "no-such-job.toml"});
    EXPECT_EQ(said.code, 2);
    EXPECT_EQ(base::split(said.err, "\n").size(), 3u) << said.err;  // the last line ends too
    EXPECT_NE(said.err.find("no-such-job.toml"), std::string::npos);
}

TEST(App, AllProblemsOfAJobAreToldAtOnce) {
    const auto file = std::filesystem::temp_directory_path() / "lorikeet-app-test.toml";
    base::write_whole(file,
                      "[model]\ncheckpoint = \"/nowhere/model.safetensors\"\n"
                      "[optim]\nlr = \"fast\"\n"
                      "[[data.subsets]]\nfolder = \"/nowhere/pictures\"\n");
    const auto said = said_to({"train", file.string(), "--set", "adapter.rank=0"});
    std::filesystem::remove(file);
    EXPECT_EQ(said.code, 2);
    for (const auto* part : {"optim.lr", "adapter.rank", "/nowhere/model.safetensors", "/nowhere/pictures"})
        EXPECT_NE(said.err.find(part), std::string::npos) << part << " in\n" << said.err;
    EXPECT_NE(said.err.find("4 things to mend"), std::string::npos) << said.err;
}

TEST(App, ASettingIsAnOptionToo) {
    const auto file = std::filesystem::temp_directory_path() / "lorikeet-app-option-test.toml";
    base::write_whole(file, "");
    const auto said = said_to({"train", file.string(), "--adapter.rank", "0", "--set", "optim.lr=-1"});
    std::filesystem::remove(file);
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("adapter.rank"), std::string::npos) << said.err;
    EXPECT_NE(said.err.find("optim.lr"), std::string::npos) << said.err;
}

TEST(App, AnAssignmentWithoutASignIsExplained) {
    const auto said = said_to({"train", "job.toml", "--set", "optim.lr"});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("wants setting=value"), std::string::npos) << said.err;
}

TEST(App, ASizeThatIsNoneIsExplained) {
    for (const auto* size : {"512x", "x512", "512x513", "axb", "512x512x512", "0x8"}) {
        const auto said = said_to({"sample", "a bird", "--size", size});
        EXPECT_EQ(said.code, 2) << size;
        EXPECT_NE(said.err.find("is not a size"), std::string::npos) << said.err;
    }
}

TEST(App, TheExampleIsAJobThatReadsBack) {
    const auto said = said_to({"settings", "--example"});
    EXPECT_EQ(said.code, 0);
    EXPECT_NE(said.out.find("[[data.subsets]]"), std::string::npos);
    EXPECT_NE(said.out.find("# "), std::string::npos);
}

TEST(App, CompletionKnowsEveryCommandAndSetting) {
    const auto said = said_to({"completion", "bash"});
    EXPECT_EQ(said.code, 0);
    for (const auto& command : command_words()) EXPECT_NE(said.out.find(command.name), std::string::npos);
    EXPECT_NE(said.out.find("data.subsets.0.folder"), std::string::npos);
}

TEST(App, TheManualNamesEveryCommandAndOption) {
    const auto manual = base::read_text(base::Path(LORIKEET_ROOT) / "docs" / "cli.md");
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
