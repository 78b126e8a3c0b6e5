#include "tag/prompt_words.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "support/golden.hpp"

namespace lorikeet::tag {

TEST(PromptWordsGolden, WordsAndLettersAreThoseOfBert) {
    const auto kinds = nlohmann::json::parse(support::golden("blip_saved").metadata().at("words"));
    for (const auto& [kind, told] : kinds.items()) {
        const LetterRules rules{kind.starts_with("lower"), kind.ends_with("strip")};
        for (const auto& [text, words] :
             told["words"].get<std::vector<std::pair<std::string, std::vector<std::string>>>>())
            EXPECT_EQ(prompt_words(text, rules), words) << kind;
        for (const auto& [letter, normalized] :
             told["letters"].get<std::vector<std::pair<std::string, std::string>>>())
            EXPECT_EQ(prompt_words(letter, rules), std::vector<std::string>{normalized})
                << kind << ": " << letter;
    }
}

TEST(PromptWords, ALetterThatCannotBeReadIsNamed) {
    for (const auto* text : {"a \xE4\xBA\xBA", "3 \xC3\x97 4", "\xF0\x9F\x90\xA6", "\xFF"})
        EXPECT_THROW(prompt_words(text, {}), base::Error) << text;
    try {
        prompt_words("a \xE4\xBA\xBA b", {});
    } catch (const base::Error& error) {
        EXPECT_STREQ(
            error.what(),
            "The prompt has a letter that the captioner cannot read, \xE4\xBA\xBA: a \xE4\xBA\xBA b.");
    }
    EXPECT_EQ(prompt_words("a\x01"
                           "b\xC2\xAD",
                           {}),
              std::vector<std::string>{"ab"})
        << "control characters go";
}

TEST(PromptWords, TheLineIsAsItWasTyped) {
    EXPECT_EQ(prompt_line("  A  dog\nof\tmine\x01, "), "A  dog of mine,");
    EXPECT_EQ(plain_mark("\xE2\x80\x94"), "-");
    EXPECT_EQ(plain_mark("-"), "");
    EXPECT_EQ(plain_mark("\xC3\xA9"), "");
}

}  // namespace lorikeet::tag
