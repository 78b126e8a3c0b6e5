#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/path.hpp"
#include "io/image.hpp"
#include "support/command_line.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

using support::said_to;

namespace {

struct WithBirds {
    WithBirds() {
        io::write_png(at / "b 1.png", {40, 20, std::vector<std::uint8_t>(40 * 20 * 3, 9)});
        io::write_png(at / "b 2.png", {20, 20, std::vector<std::uint8_t>(20 * 20 * 3, 9)});
        base::write_whole(at / "b 1.txt", "a bird");
    }
    support::Said say(std::vector<std::string> words) const {
        words.insert(words.begin(), "dataset");
        words.insert(words.begin() + 2, at.string());
        return said_to(words);
    }
    bool has(const std::string& name) const { return base::is_file(at / name); }
    support::TempFolder folder;
    base::Path at = folder.path();
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST(DatasetFileCommands, ShowsFirstThenDoesThenTakesBack) {
    const WithBirds room;
    const auto shown = room.say({"rename", "--to", "bird-{number}"});
    EXPECT_EQ(shown.code, 0) << shown.err;
    EXPECT_TRUE(contains(shown.out, "b 1.png -> bird-001.png  (with b 1.txt)")) << shown.out;
    EXPECT_TRUE(contains(shown.out, "Nothing is changed yet. With --apply: 2 images renamed.")) << shown.out;
    EXPECT_TRUE(room.has("b 1.png"));
    EXPECT_TRUE(
        contains(room.say({"rename", "--to", "bird-{number}", "--apply"}).out, "2 images renamed. Back:"));
    EXPECT_TRUE(room.has("bird-001.txt"));
    EXPECT_TRUE(contains(room.say({"undo"}).out, "Taken back: 2 images renamed."));
    EXPECT_TRUE(room.has("b 1.txt"));
    EXPECT_TRUE(contains(room.say({"undo"}).out, "There is nothing to take back."));
}

TEST(DatasetFileCommands, WritesImagesAgain) {
    const WithBirds room;
    EXPECT_EQ(room.say({"crop", "--shape", "1:1", "--apply"}).code, 0);
    EXPECT_EQ(io::peek_image(room.at / "b 1.png").width_px, 20);
    EXPECT_EQ(room.say({"convert", "--to", "webp", "--apply", (room.at / "b 1.png").string()}).code, 0);
    EXPECT_TRUE(room.has("b 1.webp"));
    EXPECT_TRUE(room.has("b 2.png"));
    EXPECT_EQ(room.say({"rotate", "--turn", "left", "--apply"}).code, 0);
    EXPECT_EQ(room.say({"resize", "--longest", "16", "--apply"}).code, 0);
    EXPECT_EQ(io::peek_image(room.at / "b 2.png").width_px, 16);
    EXPECT_TRUE(contains(room.say({"undo", "--steps", "9"}).out, "nothing more to take back"));
    EXPECT_EQ(io::peek_image(room.at / "b 1.png").width_px, 40);
    for (const auto* shape : {"1", "a:b", "1:0", "1:2:3", "-1:1"})
        EXPECT_EQ(room.say({"crop", "--shape", shape}).code, 2) << shape;
}

TEST(DatasetFileCommands, DeletesCleansAndEmptiesTheTrash) {
    const WithBirds room;
    const auto wrong = room.say({"delete", "b 3.png"});
    EXPECT_NE(wrong.code, 0);
    EXPECT_TRUE(contains(wrong.err, "There is no image b 3.png")) << wrong.err;
    EXPECT_TRUE(contains(room.say({"delete", "b 1.png"}).out,
                         "1 image moved to the trash. Back: lorikeet dataset undo"));
    EXPECT_FALSE(room.has("b 1.txt"));
    base::write_whole(room.at / "old.txt", "");
    EXPECT_TRUE(contains(room.say({"clean"}).out, "orphans        1  captions without an image"));
    EXPECT_TRUE(contains(room.say({"clean", "orphans", "--apply"}).out, "1 file moved to the trash"));
    EXPECT_TRUE(contains(room.say({"trash"}).out, "in the trash. --empty"));
    EXPECT_TRUE(contains(room.say({"trash", "--empty"}).out, "Deleted for good"));
    EXPECT_TRUE(contains(room.say({"trash"}).out, "The trash is empty."));
    for (const auto* command : {"clean", "undo", "trash"})
        EXPECT_EQ(said_to({"dataset", command, (room.at / "nowhere").string()}).code, 2) << command;
}

}  // namespace lorikeet::cli
