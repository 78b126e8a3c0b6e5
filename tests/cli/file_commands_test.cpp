#include <gtest/gtest.h>

#include "base/file.hpp"
#include "cli/commands.hpp"
#include "support/command_line.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

using support::said_to;

namespace {

// A safetensors file of one LoRA pair, by its own bytes: eight for the length, a header, zeros.
base::Path save_lora(const base::Path& folder) {
    std::string header =
        R"({"__metadata__":{"ss_steps":"30"},)"
        R"("lora_unet_a.lora_down.weight":{"dtype":"F16","shape":[2,4],"data_offsets":[0,16]},)"
        R"("lora_unet_a.lora_up.weight":{"dtype":"F16","shape":[4,2],"data_offsets":[16,32]}})";
    header.resize((header.size() + 7) / 8 * 8, ' ');
    std::string bytes(8, '\0');
    bytes[0] = static_cast<char>(header.size() % 256);
    bytes[1] = static_cast<char>(header.size() / 256);
    const auto file = folder / "style.safetensors";
    base::write_whole(file, bytes + header + std::string(32, '\0'));
    return file;
}

}  // namespace

TEST(FileCommands, InspectTellsRankAlphaAndTraining) {
    const support::TempFolder folder;
    const auto said = said_to({"inspect", save_lora(folder.path()).string()});
    EXPECT_EQ(said.code, 0) << said.err;
    for (const auto* part : {"LoRA", "2 (2 F16)", "1 module, rank 2, alpha not said, so as rank", "steps"})
        EXPECT_NE(said.out.find(part), std::string::npos) << part << " in\n" << said.out;
}

TEST(FileCommands, MetadataIsPrintedAsItIs) {
    const support::TempFolder folder;
    EXPECT_EQ(said_to({"inspect", "--metadata", save_lora(folder.path()).string()}).out, "ss_steps = 30\n");
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
