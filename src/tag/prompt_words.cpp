#include "tag/prompt_words.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::tag {

namespace {

// The letters of U+00C0 to U+017F without their accents; a dot where the letter has none.
constexpr std::string_view kWithoutAccent =
    "AAAAAA.CEEEEIIII.NOOOOO..UUUUY..aaaaaa.ceeeeiiii.nooooo..uuuuy.y"
    "AaAaAaCcCcCcCcDd..EeEeEeEeEeGgGgGgGgHh..IiIiIiIiI...JjKk.LlLlLl."
    "...NnNnNn...OoOoOo..RrRrRrSsSsSsSsTtTt..UuUuUuUuUuUuWwYyYZzZzZz.";
constexpr char32_t kFirstAccented = 0xC0, kEndOfLetters = 0x180;
static_assert(kWithoutAccent.size() == kEndOfLetters - kFirstAccented);

struct Mark {
    char32_t code;
    std::string_view plain;
};
constexpr std::array<Mark, 19> kMarks{{{0xA1, "!"},
                                       {0xAB, "\""},
                                       {0xB7, "."},
                                       {0xBB, "\""},
                                       {0xBF, "?"},
                                       {0x2010, "-"},
                                       {0x2011, "-"},
                                       {0x2012, "-"},
                                       {0x2013, "-"},
                                       {0x2014, "-"},
                                       {0x2018, "'"},
                                       {0x2019, "'"},
                                       {0x201A, "'"},
                                       {0x201C, "\""},
                                       {0x201D, "\""},
                                       {0x201E, "\""},
                                       {0x2026, "."},
                                       {0x2039, "'"},
                                       {0x203A, "'"}}};

// The letter that begins the text, and how many bytes it has.
std::pair<char32_t, std::size_t> first_code(std::string_view text) {
    const auto byte = [&](std::size_t i) {
        return static_cast<char32_t>(static_cast<unsigned char>(text[i]));
    };
    const auto more = [&](std::size_t i) { return byte(i) & 0x3F; };
    if (byte(0) < 0x80) return {byte(0), 1};
    if (byte(0) < 0xE0) return {(byte(0) & 0x1F) << 6 | more(1), 2};
    if (byte(0) < 0xF0) return {(byte(0) & 0x0F) << 12 | more(1) << 6 | more(2), 3};
    return {(byte(0) & 0x07) << 18 | more(1) << 12 | more(2) << 6 | more(3), 4};
}

// Below U+0800.
std::string written(char32_t code) {
    if (code < 0x80) return {static_cast<char>(code)};
    return {static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 0x3F))};
}

bool is_blank_code(char32_t code) {
    return code == ' ' || code == '\t' || code == '\n' || code == '\r' || code == 0xA0 || code == 0x1680 ||
           (code >= 0x2000 && code <= 0x200A) || code == 0x202F || code == 0x205F || code == 0x3000;
}
bool is_control_code(char32_t code) { return code < ' ' || (code >= 0x7F && code < 0xA0) || code == 0xAD; }
bool is_mark_of_ascii(char32_t code) {
    return (code >= '!' && code <= '/') || (code >= ':' && code <= '@') || (code >= '[' && code <= '`') ||
           (code >= '{' && code <= '~');
}
const Mark* mark_beyond_ascii(char32_t code) {
    const auto* at =
        std::find_if(kMarks.begin(), kMarks.end(), [&](const Mark& mark) { return mark.code == code; });
    return at == kMarks.end() ? nullptr : at;
}
bool is_latin_letter(char32_t code) {
    return code >= kFirstAccented && code < kEndOfLetters && code != 0xD7 && code != 0xF7;
}

// Those of Latin-1 and Latin Extended-A that no accent is taken from.
char32_t small_letter(char32_t code) {
    if (code < kFirstAccented) return code >= 'A' && code <= 'Z' ? code + 0x20 : code;
    if (code < 0xDF) return code + 0x20;
    if (code < 0x100 || code == 0x138 || code == 0x149 || code == 0x17F || code == 0x131) return code;
    if (code == 0x178) return 0xFF;
    const bool odd_is_large = (code >= 0x139 && code <= 0x148) || code >= 0x179;
    return (code & 1) == (odd_is_large ? 1U : 0U) ? code + 1 : code;
}

std::string letter_of(char32_t code, const LetterRules& rules) {
    if (rules.strip_accents && code >= kFirstAccented)
        if (const char plain = kWithoutAccent[code - kFirstAccented]; plain != '.')
            code = static_cast<char32_t>(plain);
    if (rules.lower && code == 0x130) return "i\xCC\x87";  // Turkish: the dot is kept
    return written(rules.lower ? small_letter(code) : code);
}

[[noreturn]] void fail_letter(std::string_view letter, std::string_view text) {
    base::fail(base::ErrorCode::InvalidInput,
               fmt::format("The prompt has a letter that the captioner cannot read, {}: {}.",
                           base::printable(letter), base::printable_start(text, 60)),
               "BLIP learned English captions. Write the prompt in English.");
}

}  // namespace

std::vector<std::string> prompt_words(std::string_view text, const LetterRules& rules) {
    if (!base::is_utf8(text))
        base::fail(base::ErrorCode::InvalidInput, "The prompt is no UTF-8 text.", "Type it again.");
    std::vector<std::string> words;
    std::string word;
    const auto end_word = [&] {
        if (!word.empty()) words.push_back(std::exchange(word, {}));
    };
    for (auto rest = text; !rest.empty();) {
        const auto [code, bytes] = first_code(rest);
        const auto letter = rest.substr(0, bytes);
        rest.remove_prefix(bytes);
        if (is_blank_code(code)) {
            end_word();
        } else if (is_mark_of_ascii(code) || mark_beyond_ascii(code) != nullptr) {
            end_word();
            words.emplace_back(letter);
        } else if (code >= 0x300 && code < 0x370) {
            if (!rules.strip_accents) word += letter;
        } else if (code < 0x7F && code > ' ') {
            word += letter_of(code, rules);
        } else if (is_latin_letter(code)) {
            word += letter_of(code, rules);
        } else if (!is_control_code(code)) {
            fail_letter(letter, text);
        }
    }
    end_word();
    return words;
}

std::string plain_mark(std::string_view word) {
    if (word.size() < 2) return {};
    const auto [code, bytes] = first_code(word);
    const auto* mark = bytes == word.size() ? mark_beyond_ascii(code) : nullptr;
    return mark != nullptr ? std::string(mark->plain) : std::string();
}

std::string prompt_line(std::string_view prompt) {
    std::string line;
    for (const char letter : prompt) {
        if (letter == '\t' || letter == '\n' || letter == '\r')
            line += ' ';
        else if (static_cast<unsigned char>(letter) >= ' ' && letter != 0x7F)
            line += letter;
    }
    return std::string(base::trim(std::string_view(line)));
}

}  // namespace lorikeet::tag
