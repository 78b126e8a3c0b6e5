#include "cli/completion.hpp"

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>

#include <gtest/gtest.h>

#include "base/file.hpp"

namespace lorikeet::cli {
namespace {

std::vector<CommandWords> commands() {
    return {{"train",
             "Train a LoRA.",
             Operand::File,
             {},
             {{"--set", "Change a setting.", Operand::Word, {}},
              {"--overwrite", "Replace a run.", Operand::None, {}}}},
            {"stop", "Stop a run.", Operand::Run, {}, {}},
            {"sample",
             "Generate.",
             Operand::Word,
             {},
             {{"--sampler", "The way.", Operand::Word, {"ddim", "euler"}}}}};
}

std::string output_of(const std::string& command) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), &::pclose);
    std::array<char, 4096> part{};
    std::string text;
    while (std::fgets(part.data(), part.size(), pipe.get()) != nullptr) text += part.data();
    return text;
}

// What bash offers for these words, the last one being typed.
std::string offered(const std::string& words) {
    const auto folder = std::filesystem::temp_directory_path() / "lorikeet-completion-test";
    std::filesystem::create_directories(folder / "runs" / "bird");
    base::write_whole(folder / "script", bash_completion(commands(), {"optim.lr", "optim.rule"}));
    base::write_whole(folder / "ask",
                      "cd '" + folder.string() + "'; source ./script; COMP_WORDS=(" + words +
                          "); COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )); compopt() { :; }; _lorikeet; "
                          "echo \"${COMPREPLY[@]}\"\n");
    const auto said = output_of("bash --norc '" + (folder / "ask").string() + "' 2>&1");
    std::filesystem::remove_all(folder);
    return said;
}

}  // namespace

TEST(BashCompletion, OffersCommands) { EXPECT_EQ(offered("lorikeet s"), "stop sample\n"); }
TEST(BashCompletion, OffersOptionsOfTheCommand) {
    EXPECT_EQ(offered("lorikeet train --"), "--set --overwrite\n");
}
TEST(BashCompletion, OffersSettings) { EXPECT_EQ(offered("lorikeet train --set optim.l"), "optim.lr=\n"); }
TEST(BashCompletion, OffersChoices) { EXPECT_EQ(offered("lorikeet sample --sampler d"), "ddim\n"); }
TEST(BashCompletion, OffersRuns) { EXPECT_EQ(offered("lorikeet stop b"), "bird\n"); }

TEST(ZshCompletion, IsAScriptThatZshReads) {
    const auto text = zsh_completion(commands(), {"optim.lr"});
    EXPECT_EQ(text.find("#compdef lorikeet\n"), 0u);
    EXPECT_NE(text.find("'*--sampler[The way.]:value:(ddim euler)'"), std::string::npos);
    if (output_of("command -v zsh").empty()) GTEST_SKIP() << "no zsh on this machine";
    const auto file = std::filesystem::temp_directory_path() / "lorikeet-completion-test.zsh";
    base::write_whole(file, text);
    EXPECT_EQ(output_of("zsh -n '" + file.string() + "' 2>&1"), "");
    std::filesystem::remove(file);
}

}  // namespace lorikeet::cli
