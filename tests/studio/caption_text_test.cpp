#include "studio/caption_text.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::studio {

namespace {

std::vector<std::string> shown_parts(std::string_view line) {
    std::vector<std::string> shown;
    for (const auto& part : caption_parts(line)) shown.push_back((part.is_sentence ? "S:" : "") + part.text);
    return shown;
}

using Shown = std::vector<std::string>;

}  // namespace

TEST(CaptionText, TagsArePartedAndSentencesAreWhole) {
    EXPECT_EQ(shown_parts("1girl,  long hair , ,solo"), (Shown{"1girl", "long hair", "solo"}));
    EXPECT_EQ(shown_parts("1girl, A woman stands in a garden, holding a rose."),
              (Shown{"1girl", "S:A woman stands in a garden, holding a rose."}));
    EXPECT_EQ(shown_parts("a woman standing in a garden holding a rose"),
              (Shown{"S:a woman standing in a garden holding a rose"}));
    EXPECT_EQ(shown_parts("It is late. 1girl, solo"), (Shown{"It is late. 1girl", "solo"}))
        << "no comma, so one tag of three words";
    EXPECT_EQ(shown_parts("dr., vs., mr. x"), (Shown{"dr.", "vs.", "mr. x"})) << "short, so no sentences";
    EXPECT_EQ(shown_parts("(red hair, blue eyes:1.2), solo"), (Shown{"(red hair, blue eyes:1.2)", "solo"}));
    EXPECT_EQ(shown_parts("(red hair, solo"), (Shown{"(red hair", "solo"}))
        << "a bracket that does not close";
    EXPECT_EQ(shown_parts("name \\(a, b\\), x"), (Shown{"name \\(a", "b\\)", "x"}));
    EXPECT_TRUE(shown_parts(" , ,").empty());
}

TEST(CaptionText, WhatIsNotChangedIsWrittenAsItWas) {
    for (const std::string text : {"", "a", "a , b,c\r\n\r\n A sentence, that goes on and on, ends.\n",
                                   "\xEF\xBB\xBF"
                                   "a,  b\n",
                                   "a\rb\r", "  \n\n", ",,a,,"})
        EXPECT_EQ(CaptionText(text, "x").bytes(), text);
    CaptionText caption(
        "\xEF\xBB\xBF"
        "a ,b\r\n c,d\n",
        "x");
    ASSERT_EQ(caption.lines.size(), 2U);
    caption.lines[1].parts.pop_back();
    EXPECT_EQ(caption.bytes(),
              "\xEF\xBB\xBF"
              "a ,b\r\nc\n")
        << "one line alone";
    EXPECT_THROW(CaptionText("\xFF", "x"), base::Error);
}

TEST(CaptionText, OfUtf16StaysAsItIsUntilItIsChanged) {
    using namespace std::string_literals;
    const auto bytes =
        "\xFF\xFE"
        "a\0,\0b\0\n\0"s;
    CaptionText caption(bytes, "x");
    EXPECT_TRUE(caption.is_utf16());
    EXPECT_EQ(caption.bytes(), bytes);
    ASSERT_EQ(caption.lines.front().parts.size(), 2U);
    caption.lines.front().parts.pop_back();
    EXPECT_EQ(caption.bytes(), "a\n");
}

}  // namespace lorikeet::studio
