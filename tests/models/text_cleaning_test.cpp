#include "models/text_cleaning.hpp"

#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/golden_file.hpp"
#include "models/token_cases.hpp"
#include "models/tokenizer.hpp"
#include "models/unicode.hpp"

namespace lorikeet::models {

namespace {

const Tokenizer& cleaning_tokenizer() {
    static const Tokenizer read = Tokenizer::from_file(default_vocabulary());
    return read;
}

std::string clean(std::string_view text) {
    return unicode::to_utf8(clean_text(unicode::to_points(text)).text);
}

std::set<CleaningStep> steps_of(std::string_view text) { return clean_text(unicode::to_points(text)).steps; }

bool misread(std::string_view text) { return looks_misread(unicode::to_points(text)); }

std::string lower(std::u32string_view text) { return unicode::to_utf8(to_lower_in_context(text)); }

}  // namespace

TEST(TextCleaningGolden, ReadsOddTextsAsTheSlowTokenizerWithFtfyDoes) {
    const auto cases = cases_of(golden("text_cleaning"));
    ASSERT_GT(cases.size(), 1000U);
    for (const auto& one : cases)
        EXPECT_EQ(cleaning_tokenizer().encode(one.text, {}), one.ids) << "'" << one.text << "'";
}

TEST(TextCleaningGolden, ReadsEveryCodePointAsTheSlowTokenizerWithFtfyDoes) {
    constexpr char32_t kBlock = 256;
    const auto file = golden("text_cleaning");
    const auto wanted = ids_of(file.get("fingerprints"));
    const auto left_out = ids_of(file.get("skipped"));
    const std::set<std::int64_t> skipped(left_out.begin(), left_out.end());
    ASSERT_EQ(wanted.size(), 0x30000 / kBlock);
    for (char32_t begin = 0; begin < 0x30000; begin += kBlock) {
        std::int64_t number = 0;
        for (auto point = begin; point < begin + kBlock; ++point) {
            if ((point >= 0xD800 && point < 0xE000) || skipped.contains(point)) continue;
            const std::u32string text{point, U' ', U'a', point, U'b', U' ', U'A', point, U'\u03A3'};
            for (const auto id : cleaning_tokenizer().encode(unicode::to_utf8(text), {}))
                number = (number * 31 + id + 1) % ((std::int64_t{1} << 31) - 1);
        }
        EXPECT_EQ(number, wanted[begin / kBlock]) << fmt::format("U+{:04X}", static_cast<unsigned>(begin));
    }
}

// ftfy repairs these; here they are told.
TEST(TextCleaningGolden, FindsWhatFtfyTakesForMisread) {
    const auto texts = nlohmann::json::parse(golden("text_cleaning").metadata().at("misread"));
    for (const auto& text : texts) EXPECT_TRUE(misread(text.get<std::string>())) << text;
}

TEST(TextCleaning, LeavesSoundTextAlone) {
    for (const auto* text :
         {"", "a red bird, 35°C", "Grüße aus Köln – «voilà»", "¿Qué? ½ × ¾ © 2024", "日本語",
          "Ärger mit „Spaß“…", "NAÏVE CAFÉ", "Ψυχή", "прекрасный вид", "(^_^;) ಠ_ಠ ʕ•ᴥ•ʔ"})
        EXPECT_FALSE(misread(text)) << text;
    EXPECT_EQ(clean("a red bird, (blue:1.2) R&D"), "a red bird, (blue:1.2) R&D");
    EXPECT_TRUE(steps_of("a red bird, naïve cafe\u0301").empty()) << "composing is no news";
}

TEST(TextCleaning, SaysWhatItChanged) {
    EXPECT_EQ(clean("a bird’s “tail”"), "a bird's \"tail\"");
    EXPECT_EQ(steps_of("a bird’s tail"), std::set{CleaningStep::Quotes});
    EXPECT_EQ(steps_of("black &amp; white"), std::set{CleaningStep::Entities});
    EXPECT_EQ(steps_of("&ldquo;ﬁne&rdquo;"),
              (std::set{CleaningStep::Entities, CleaningStep::Quotes, CleaningStep::Ligatures}));
    EXPECT_EQ(steps_of("Ａ"), std::set{CleaningStep::Widths});
    EXPECT_EQ(steps_of("a\x07"), std::set{CleaningStep::ControlCharacters});
}

TEST(TextCleaning, DecodesNoEntitiesWhereTextLooksLikeHtml) {
    EXPECT_EQ(clean("a &lt; b &amp;amp; c"), "a < b & c");
    EXPECT_EQ(clean("a < b &amp; c\nd &amp; e"), "a < b &amp; c\nd &amp; e");
    EXPECT_EQ(clean("d &amp; e\na < b &amp; c"), "d & e\na < b &amp; c");
}

TEST(TextCleaning, ASigmaThatEndsAWordIsAFinalOne) {
    EXPECT_EQ(lower(U"ΟΔΥΣΣΕΥΣ"), "οδυσσευς");
    EXPECT_EQ(lower(U"Σ ΑΣ, ΑΣ\u0301Α İΣ"), "σ ας, ασ\u0301α i̇ς");
}

TEST(TextCleaning, ALongTextCostsLittle) {
    std::string text;
    for (int i = 0; i < 100'000; ++i) text += "&amp;&";
    EXPECT_EQ(clean(text).size(), 200'000U);
    text = "&";
    for (int i = 0; i < 100'000; ++i) text += "amp;";
    EXPECT_EQ(clean(text), "&");
}

}  // namespace lorikeet::models
