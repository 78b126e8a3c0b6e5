#include <gtest/gtest.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "cli/app.hpp"
#include "cli/commands.hpp"
#include "io/image.hpp"
#include "settings/captioning.hpp"
#include "settings/field.hpp"
#include "support/command_line.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_blip.hpp"

namespace lorikeet::cli {

namespace {

struct WithImageAndCaptioner {
    WithImageAndCaptioner() {
        support::write_captioner(folder.path() / "captioner");
        std::filesystem::create_directories(at);
        io::write_png(at / "a.png", {20, 14, std::vector<std::uint8_t>(840, 90)});
    }
    support::Said say(std::vector<std::string> more) const {
        std::vector<std::string> words{
            "caption",  "write", at.string(), "--model", (folder.path() / "captioner").string(),
            "--device", "cpu"};
        words.insert(words.end(), more.begin(), more.end());
        return support::said_to(words);
    }
    support::TempFolder folder;
    base::Path at = folder.path() / "images";
};

bool command_says(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST(CaptionWrite, ADiffFirstThenTheCaptionThenBack) {
    const WithImageAndCaptioner room;
    const auto shown = room.say({"--prompt", "a photo of", "--max-length", "9"});
    EXPECT_EQ(shown.code, 0) << shown.err;
    EXPECT_TRUE(command_says(shown.out, "BLIP, 32 px, 84 words; the processor, ")) << shown.out;
    EXPECT_TRUE(command_says(shown.out, "a.txt\n    + a photo of")) << shown.out;
    EXPECT_TRUE(command_says(
        shown.out,
        "Nothing is changed yet. With --apply: 1 image captioned; the captions are kept, so it is quick."))
        << shown.out;
    EXPECT_TRUE(command_says(shown.err, "image 1 of 1")) << shown.err;
    EXPECT_FALSE(base::is_there(room.at / "a.txt"));
    const auto done = room.say({"--prompt", "a photo of", "--max-length", "9", "--beams", "3", "--apply"});
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_TRUE(base::read_text(room.at / "a.txt").starts_with("a photo of"));
    EXPECT_EQ(support::said_to({"dataset", "undo", room.at.string()}).code, 0);
    EXPECT_FALSE(base::is_there(room.at / "a.txt"));
}

TEST(CaptionWrite, WhatIsWrongIsSaidWithItsRemedy) {
    const WithImageAndCaptioner room;
    EXPECT_TRUE(
        command_says(support::said_to({"caption", "write", room.at.string()}).err, "model is needed"));
    EXPECT_EQ(room.say({"--beams", "3", "--top-p", "0.9"}).code, 2);
    EXPECT_EQ(room.say({"--prompt", "caf\xC3\xA9 \xE4\xBA\xBA"}).code, 2);
    std::filesystem::remove(room.folder.path() / "captioner" / "tokenizer.json");
    EXPECT_TRUE(command_says(room.say({}).err, "has no tokenizer.json and no vocab.txt"));
}

TEST(CaptionWrite, EverySettingIsAnOption) {
    const auto help = support::said_to({"caption", "write", "--help"}).out;
    for (const auto& field : settings::schema<settings::Captioning>().fields) {
        const auto words = base::replace_all(std::string(field.key), "_", "-");
        const auto option = words == "recursive" ? "--no-recursive" : "--" + words;
        EXPECT_NE(help.find(option), std::string::npos) << option;
    }
}

}  // namespace lorikeet::cli
