#include "studio/event_tail.hpp"

#include <fstream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::studio {
namespace {

void append(const base::Path& file, const std::string& text) { std::ofstream(file, std::ios::app) << text; }

using Lines = std::vector<std::string>;

}  // namespace

TEST(LineTail, TellsEachLineOnceAndWaitsForTheEndOfAHalf) {
    const support::TempFolder folder;
    const auto file = folder.path() / "events.jsonl";
    LineTail tail(file);
    EXPECT_TRUE(tail.look().lines.empty());
    append(file, "one\ntw");
    EXPECT_EQ(tail.look().lines, Lines{"one"});
    append(file, "o\nthree\n");
    EXPECT_EQ(tail.look().lines, (Lines{"two", "three"}));
    EXPECT_TRUE(tail.look().lines.empty());
}

TEST(LineTail, BeginsAgainWhenTheFileIsReplacedOrCut) {
    const support::TempFolder folder;
    const auto file = folder.path() / "events.jsonl";
    append(file, "one\ntwo\n");
    LineTail tail(file);
    EXPECT_FALSE(tail.look().replaced);
    base::write_whole(file, "three\nfour\nfive\n");  // another file of the same name
    auto look = tail.look();
    EXPECT_TRUE(look.replaced);
    EXPECT_EQ(look.lines.size(), 3u);
    std::filesystem::resize_file(file, 6);
    look = tail.look();
    EXPECT_TRUE(look.replaced);
    EXPECT_EQ(look.lines, Lines{"three"});
    std::filesystem::remove(file);
    EXPECT_TRUE(tail.look().replaced);
    EXPECT_FALSE(tail.look().replaced);
}

TEST(LineTail, ReadsALargeFileInParts) {
    const support::TempFolder folder;
    const auto file = folder.path() / "events.jsonl";
    const std::string line(999, 'x');
    std::string text;
    for (int i = 0; i < 10'000; ++i) text += line + "\n";
    append(file, text);
    LineTail tail(file);
    std::size_t lines = 0, looks = 0;
    for (bool more = true; more; ++looks) {
        const auto look = tail.look();
        lines += look.lines.size();
        more = look.more;
    }
    EXPECT_EQ(lines, 10'000u);
    EXPECT_GT(looks, 1u);
}

TEST(Events, WhatIsNoneIsCountedAndPassedOver) {
    const auto parsed = parse_events({R"({"time":1,"kind":"state","step":3})", "half a li", "", "[1]"});
    ASSERT_EQ(parsed.events.size(), 1u);
    EXPECT_EQ(parsed.events[0].number("step"), 3);
    EXPECT_EQ(parsed.strange, 2u);
}

TEST(Events, ALineSaysWhatItWasMadeOf) {
    const auto parsed = parse_events({event_line({"sample", {{"file", std::string("a \"b\".png")}}})});
    ASSERT_EQ(parsed.events.size(), 1u);
    EXPECT_EQ(parsed.events[0].text("file"), "a \"b\".png");
}

TEST(LastLines, AreTheLastOnesOfAnySizeOfFile) {
    const support::TempFolder folder;
    const auto file = folder.path() / "log.txt";
    EXPECT_TRUE(last_lines(file, 3).empty());
    for (int i = 0; i < 5000; ++i) append(file, fmt::format("line {}\n", i));
    EXPECT_EQ(last_lines(file, 2), (Lines{"line 4998", "line 4999"}));
    EXPECT_EQ(last_lines(file, 100).size(), 100u);
    append(file, "half");
    EXPECT_EQ(last_lines(file, 2), (Lines{"line 4999", "half"}));
}

}  // namespace lorikeet::studio
