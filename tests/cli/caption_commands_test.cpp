#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "support/command_line.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

namespace {

struct WithTwoCaptions {
    WithTwoCaptions() {
        for (const auto* name : {"a.png", "b.png", "c.png"}) base::write_whole(at / name, name);
        base::write_whole(at / "a.txt", "1girl, girl, long_hair");
        base::write_whole(at / "b.txt", "solo, girl");
    }
    support::Said say(std::vector<std::string> words) const {
        words.insert(words.begin(), "caption");
        words.insert(words.begin() + 2, at.string());
        return support::said_to(words);
    }
    std::string text(const std::string& name) const { return base::read_text(at / name); }
    support::TempFolder folder;
    base::Path at = folder.path();
};

bool has_words(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST(CaptionCommands, ADiffFirstThenTheChangeThenBack) {
    const WithTwoCaptions room;
    const auto shown = room.say({"remove", "girl"});
    EXPECT_EQ(shown.code, 0) << shown.err;
    EXPECT_TRUE(has_words(shown.out, "a.txt\n    - 1girl, girl, long_hair\n    + 1girl, long_hair\n"))
        << shown.out;
    EXPECT_TRUE(has_words(shown.out, "Nothing is changed yet. With --apply: 2 captions changed."))
        << shown.out;
    EXPECT_EQ(room.text("a.txt"), "1girl, girl, long_hair");
    EXPECT_EQ(room.say({"remove", "girl", "--apply"}).code, 0);
    EXPECT_EQ(room.text("a.txt"), "1girl, long_hair");
    EXPECT_EQ(support::said_to({"dataset", "undo", room.at.string()}).code, 0);
    EXPECT_EQ(room.text("a.txt"), "1girl, girl, long_hair");
}

TEST(CaptionCommands, EachDoesItsOwn) {
    const WithTwoCaptions room;
    const auto apply = [&](std::vector<std::string> words) {
        words.push_back("--apply");
        const auto said = room.say(words);
        EXPECT_EQ(said.code, 0) << words[0] << said.err;
    };
    apply({"trigger", "ohwx", "--create"});
    EXPECT_EQ(room.text("c.txt"), "ohwx");
    apply({"add", "day, girl"});
    EXPECT_EQ(room.text("b.txt"), "ohwx, solo, girl, day");
    apply({"replace", "girl", "--by", "woman", "--only-with", "solo"});
    EXPECT_EQ(room.text("b.txt"), "ohwx, solo, woman, day");
    apply({"move", "day"});
    EXPECT_EQ(room.text("b.txt"), "day, ohwx, solo, woman");
    apply({"move", "day", "--end", "--image", "b.png"});
    EXPECT_EQ(room.text("b.txt"), "ohwx, solo, woman, day");
    apply({"sort", "ohwx"});
    EXPECT_EQ(room.text("b.txt"), "ohwx, day, solo, woman");
    apply({"emphasise", "solo", "--weight", "1.3"});
    EXPECT_EQ(room.text("b.txt"), "ohwx, day, (solo:1.3), woman");
    apply({"plain"});
    apply({"underscores", "--to", "blanks"});
    EXPECT_TRUE(has_words(room.text("a.txt"), "long hair"));
    apply({"find", "wom(.)n", "--by", "wom\\1n2", "--pattern"});
    apply({"find", "woman2", "--by", "lady"});
    apply({"prefix", "photo of "});
    apply({"suffix", "."});
    apply({"dedupe"});
    EXPECT_EQ(room.text("b.txt"), "photo of ohwx, day, solo, lady.");
    apply({"trigger", "bird", "--create", "--caption-extensions", ".cap,.txt"});
    EXPECT_EQ(room.text("b.txt"), "bird, photo of ohwx, day, solo, lady.");
}

TEST(CaptionCommands, ListsTagsAndRefusesWhatIsNone) {
    const WithTwoCaptions room;
    EXPECT_TRUE(has_words(room.say({"tags"}).out, "     2  girl\n")) << room.say({"tags"}).out;
    const auto json = nlohmann::json::parse(room.say({"tags", "--json", "--top", "1"}).out);
    EXPECT_EQ(json["tags"][0]["images"], 2);
    EXPECT_EQ(room.say({"find", "(", "--pattern"}).code, 2);
    EXPECT_EQ(room.say({"remove"}).code, 2);
    EXPECT_EQ(room.say({"remove", " , "}).code, 2);
    EXPECT_TRUE(has_words(room.say({"dedupe"}).out, "Nothing is to be done: 2 captions stay as they are."));
}

}  // namespace lorikeet::cli
