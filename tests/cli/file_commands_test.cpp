#include <gtest/gtest.h>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "support/command_line.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

using support::said_to;

namespace {

// A safetensors file by its own bytes: eight for the length, a header, the tensors.
base::Path save_file(const base::Path& file, const std::string& entries, const std::string& payload) {
    std::string header = "{" + entries + "}";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    std::string bytes(8, '\0');
    bytes[0] = static_cast<char>(header.size() % 256);
    bytes[1] = static_cast<char>(header.size() / 256);
    base::write_whole(file, bytes + header + payload);
    return file;
}

// Of one LoRA pair, all zeros.
base::Path save_lora(const base::Path& folder) {
    return save_file(folder / "style.safetensors",
                     R"("__metadata__":{"ss_steps":"30"},)"
                     R"("lora_unet_a.lora_down.weight":{"dtype":"F16","shape":[2,4],"data_offsets":[0,16]},)"
                     R"("lora_unet_a.lora_up.weight":{"dtype":"F16","shape":[4,2],"data_offsets":[16,32]})",
                     std::string(32, '\0'));
}

}  // namespace

TEST(FileCommands, InspectTellsRankAlphaAndTraining) {
    const support::TempFolder folder;
    const auto said = said_to({"inspect", save_lora(folder.path()).string()});
    EXPECT_EQ(said.code, 0) << said.err;
    for (const auto* part : {"LoRA", "2 (2 F16)", "1 module, rank 2, alpha not said, so as rank", "steps",
                             "1 entry; --metadata prints it", "changes nothing: what its 1 layer would add"})
        EXPECT_NE(said.out.find(part), std::string::npos) << part << " in\n" << said.out;
}

TEST(FileCommands, MetadataIsPrintedAsItIs) {
    const support::TempFolder folder;
    EXPECT_EQ(said_to({"inspect", "--metadata", save_lora(folder.path()).string()}).out, "ss_steps = 30\n");
}

TEST(FileCommands, TextsOfStrangersCannotCommandTheTerminal) {
    const support::TempFolder folder;
    const auto evil =
        R"("__metadata__":{"ss_steps":"30\u001b[2J\u009b31m","a\u0007":"\u202etxt\nforged = 1"},)"
        R"("lora_unet_a\u001b[1m.lora_down.weight":{"dtype":"F16","shape":[2,4],"data_offsets":[0,16]},)"
        R"("lora_unet_a\u001b[1m.lora_up.weight":{"dtype":"F16","shape":[4,2],"data_offsets":[16,32]})";
    const auto file =
        save_file(folder.path() / "\x1b]0;title\x07.safetensors", evil, std::string(32, '\xff'));
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"inspect", file.string()},
             {"inspect", "--metadata", file.string()},
             {"merge", "--lora", file.string(), "--out", (folder.path() / "m.safetensors").string()},
             {"inspect", (folder.path() / "\x1b[5mnothing").string()}}) {
        const auto said = said_to(words);
        for (const auto& text : {said.out, said.err})
            for (const char c : text) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20) << text;
        EXPECT_EQ((said.out + said.err).find("\u202e"), std::string::npos);
    }
    EXPECT_NE(said_to({"inspect", file.string()}).out.find("30\\x1b[2J\\x9b31m"), std::string::npos);
    EXPECT_NE(
        said_to({"inspect", "--metadata", file.string()}).out.find("a\\x07 = \\u202etxt\\nforged = 1\n"),
        std::string::npos);
}

TEST(FileCommands, InspectFindsNotANumber) {
    const support::TempFolder folder;
    const auto header =
        R"("lora_unet_a.lora_down.weight":{"dtype":"F16","shape":[2,4],"data_offsets":[0,16]},)"
        R"("lora_unet_a.lora_up.weight":{"dtype":"F16","shape":[4,2],"data_offsets":[16,32]})";
    const auto bad = save_file(folder.path() / "bad.safetensors", header, std::string(32, '\x7f'));
    EXPECT_NE(said_to({"inspect", bad.string()}).out.find("8 NaN in lora_unet_a.lora_down.weight"),
              std::string::npos);
    EXPECT_NE(said_to({"inspect", save_lora(folder.path()).string()}).out.find("NaN and infinity"),
              std::string::npos);
}

TEST(FileCommands, OneBadFileDoesNotHideTheOthers) {
    const support::TempFolder folder;
    const auto said =
        said_to({"inspect", (folder.path() / "nothing").string(), save_lora(folder.path()).string()});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("error: "), std::string::npos);
    EXPECT_NE(said.out.find("LoRA"), std::string::npos);
}

TEST(FileCommands, MergeNeverWritesOverAFile) {
    const support::TempFolder folder;
    const auto lora = save_lora(folder.path()).string();
    const auto said = said_to({"merge", "--lora", lora, "--out", lora});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("exists already"), std::string::npos) << said.err;
}

}  // namespace lorikeet::cli
