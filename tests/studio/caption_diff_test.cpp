#include "studio/caption_diff.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace lorikeet::studio {

namespace {

std::string shown(const std::optional<std::string>& before, const std::optional<std::string>& after) {
    std::vector<std::string> words;
    for (const auto& [kind, text] : caption_diff({"a.txt", before, after}))
        words.push_back((kind == DiffKind::Gone ? "-" : kind == DiffKind::New ? "+" : "") + text);
    return base::join(words, " | ");
}

}  // namespace

TEST(CaptionDiff, SaysWhatGoesAndWhatComes) {
    EXPECT_EQ(shown("a, b, c", "a, c"), "a | -b | c");
    EXPECT_EQ(shown("a, b", "c, a, b"), "+c | a | b");
    EXPECT_EQ(shown("a, b, c", "a, x, c"), "a | -b | +x | c");
    EXPECT_EQ(shown(std::nullopt, "a"), "+a");
    EXPECT_EQ(shown("a", std::nullopt), "-a");
    EXPECT_EQ(shown("b, a", "a, b"), "-b | a | +b");
}

TEST(CaptionDiff, KnowsLinesAndSentences) {
    EXPECT_EQ(
        shown("tag\n\nA bird sits on a green branch, singing.\n", "A bird sits on a green branch, singing."),
        "-tag | -\u21b5 | A bird sits on a green branch, singing.");
    EXPECT_EQ(shown("a,  b\r\n", "a, b\r\n"), "a | b") << "blanks are not looked at";
}

TEST(CaptionDiff, TwoBooksAreOneForTheOther) {
    std::string one, other;
    for (int i = 0; i < 1500; ++i) one += std::to_string(i) + "a,", other += std::to_string(i) + "b,";
    const auto diff = caption_diff({"a.txt", one, other});
    EXPECT_EQ(diff.size(), 3000U);
    EXPECT_EQ(diff.front(), (DiffPart{DiffKind::Gone, "0a"}));
    EXPECT_EQ(diff.back(), (DiffPart{DiffKind::New, "1499b"}));
}

}  // namespace lorikeet::studio
