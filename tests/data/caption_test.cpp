#include "data/caption.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {
namespace {

std::string random_text(tensor::Draws& draws) {
    static const std::vector<std::string> pieces{",", " ",    ",,",      "a",  "red bird", "(b:1.2)",
                                                 "ü", "鸚鵡", "\\(x\\)", "\t", "_"};
    std::string text;
    for (auto n = draws.below(20); n > 0; --n) text += pieces[draws.below(pieces.size())];
    return text;
}

}  // namespace

TEST(Caption, AByteOrderMarkAndLineEndsOfAnyKindAreNotPartOfIt) {
    EXPECT_EQ(parse_caption("\xEF\xBB\xBF"
                            "a bird\r\n",
                            "c.txt")
                  .text,
              "a bird");
    EXPECT_EQ(parse_caption("\r\n\n  a bird  \rsecond", "c.txt").text, "a bird");
    EXPECT_EQ(parse_caption("", "c.txt").text, "");
    EXPECT_TRUE(parse_caption("a bird\n\n \n", "c.txt").more_lines.empty());
    EXPECT_EQ(parse_caption("a bird\nagain\n\n x ", "c.txt").more_lines,
              (std::vector<std::string>{"again", "x"}));
}

TEST(Caption, WhatIsNotUtf8IsNamed) {
    for (const auto& bytes : {std::string("caf\xE9"),
                              std::string("\xFF\xFE"
                                          "a\0b",
                                          5),
                              std::string("a\0b", 3)}) {
        try {
            parse_caption(bytes, "images/p.txt");
            FAIL() << "nothing was thrown";
        } catch (const base::Error& error) {
            EXPECT_EQ(error.what(), std::string("images/p.txt ") +
                                        (bytes.front() == 'a' ? "holds zero bytes, so it is no text."
                                                              : "is not UTF-8 text."));
        }
    }
}

TEST(Caption, TheFirstExtensionThatExistsIsRead) {
    const support::TempFolder folder;
    const auto image = folder.path() / "a.b.png";
    const std::vector<std::string> extensions{".txt", ".caption"};
    EXPECT_FALSE(find_caption(image, extensions).has_value());
    base::write_whole(folder.path() / "a.b.caption", "second");
    EXPECT_EQ(find_caption(image, extensions)->text, "second");
    base::write_whole(folder.path() / "a.b.txt", "first");
    EXPECT_EQ(find_caption(image, extensions)->text, "first");
}

TEST(Tags, PartAtCommasAndLoseBlanks) {
    EXPECT_EQ(parse_tags(" a,  b , ,c,"), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_TRUE(parse_tags(" , ").empty());
}

TEST(Caption, NoTagEndsWithinBracketsThatAreWeights) {
    using Tags = std::vector<std::string>;
    EXPECT_EQ(parse_weighted_tags("(a, b:1.2), c,, [d, (e)], f"), (Tags{"(a, b:1.2)", "c", "[d, (e)]", "f"}));
    EXPECT_EQ(parse_weighted_tags(R"(x \(y, z\), w)"), (Tags{R"(x \(y)", R"(z\))", "w"})) << "escaped";
    EXPECT_EQ(parse_weighted_tags("a), b, (c, d"), (Tags{"a)", "b", "(c, d"}));
}

TEST(Tags, ParsingWhatWasWrittenGivesTheSame) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        tensor::Draws draws(seed);
        const auto tags = parse_tags(random_text(draws));
        EXPECT_EQ(parse_tags(write_tags(tags)), tags) << "seed " << seed;
        EXPECT_EQ(write_tags(parse_tags(write_tags(tags))), write_tags(tags)) << "seed " << seed;
    }
}

TEST(Caption, ANameThatIsTooLongForACaptionHasNone) {
    const support::TempFolder folder;
    std::string name(251, 'c');
    name += ".png";
    const auto image = folder.path() / name;
    const std::vector<std::string> extensions{".txt", ".caption"};
    EXPECT_FALSE(find_caption(image, extensions).has_value());
}

TEST(Caption, WhatNobodySeesIsNothing) {
    EXPECT_EQ(parse_caption("\u200b\n\u2060 \n", "a.txt").text, "");
    EXPECT_EQ(parse_caption("\u200b\na bird", "a.txt").text, "a bird");
    EXPECT_EQ(parse_tags("a, \u200b,b"), (std::vector<std::string>{"a", "b"}));
}

TEST(Caption, Utf16IsReadInEitherOrder) {
    using namespace std::string_literals;
    const auto little = parse_caption(
        "\xFF\xFE"
        "a\0 \0\xFC\0\x1A\x9E\x3D\xD8\x26\xDC\r\0\n\0x\0"s,
        "c.txt");
    EXPECT_EQ(little.text, "a \u00fc\u9e1a\U0001F426");
    EXPECT_EQ(little.more_lines, std::vector<std::string>{"x"});
    EXPECT_TRUE(little.was_utf16);
    EXPECT_EQ(parse_caption("\xFE\xFF\0a\0 \0\xFC\x9E\x1A\xD8\x3D\xDC\x26"s, "c.txt").text, little.text);
    EXPECT_EQ(parse_caption("\xFF\xFE"s, "c.txt").text, "");
    EXPECT_FALSE(parse_caption("a", "c.txt").was_utf16);
    for (const auto& broken : {"\xFF\xFE"
                               "a"s,
                               "\xFF\xFE\x3D\xD8"s,
                               "\xFF\xFE\x26\xDC"
                               "a\0"s,
                               "\xFF\xFE\x3D\xD8"
                               "a\0"s,
                               "\xFF\xFE\0\0"
                               "a\0\0\0"s})
        EXPECT_THROW(parse_caption(broken, "c.txt"), base::Error);
}

}  // namespace lorikeet::data
