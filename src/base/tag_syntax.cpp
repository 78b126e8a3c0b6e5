#include "base/tag_syntax.hpp"

#include <algorithm>
#include <array>

#include "base/prompt_syntax.hpp"
#include "base/text.hpp"

namespace lorikeet::base {

namespace {

// "(a)", "[a]", but neither "(a)(b)" nor "a \\(b\\)".
bool is_in_brackets(std::string_view text) {
    if (text.size() < 3 || (text.front() != '(' && text.front() != '[')) return false;
    const char open = text.front(), close = open == '(' ? ')' : ']';
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i > 0 && text[i - 1] == '\\') continue;
        depth += text[i] == open ? 1 : text[i] == close ? -1 : 0;
        if (depth == 0) return i + 1 == text.size() && !trim(text.substr(1, i - 1)).empty();
    }
    return false;
}

}  // namespace

std::string without_emphasis(std::string_view tag) {
    auto text = trim(tag);
    while (is_in_brackets(text)) {
        auto inner = text.substr(1, text.size() - 2);
        const auto colon = text.front() == '(' ? inner.rfind(':') : std::string_view::npos;
        const auto weight = colon == std::string_view::npos ? std::string_view()
                                                            : trim(inner.substr(colon + 1));
        if (!weight.empty() && weight.find_first_not_of("0123456789.+-") == std::string_view::npos)
            inner = inner.substr(0, colon);
        text = trim(inner);
    }
    return std::string(text);
}

bool is_face(std::string_view tag) {
    constexpr std::array<std::string_view, 21> kFaces{
        "0_0", "(o)_(o)", "+_+", "+_-", "._.", "<o>_<o>", "<|>_<|>", "=_=",   ">_<", "3_3", "6_9",
        ">_o", "@_@",     "^_^", "o_o", "u_u", "x_x",     "|_|",     "||_||", "-_-", ";_;"};
    return std::find(kFaces.begin(), kFaces.end(), to_lower(tag)) != kFaces.end();
}

std::string tag_key(std::string_view tag) {
    if (is_face(trim(tag))) return to_lower(trim(tag));
    auto key = to_lower(unescape_brackets(without_emphasis(tag)));
    if (!is_face(key)) std::replace(key.begin(), key.end(), '_', ' ');
    return key;
}

bool tag_matches(std::string_view wanted, std::string_view key) {
    std::size_t w = 0, k = 0, star = std::string_view::npos, from = 0;
    while (k < key.size()) {
        if (w < wanted.size() && wanted[w] == '*') {
            star = w++;
            from = k;
        } else if (w < wanted.size() && wanted[w] == key[k]) {
            ++w;
            ++k;
        } else if (star != std::string_view::npos) {
            w = star + 1;
            k = ++from;
        } else {
            return false;
        }
    }
    return wanted.substr(w).find_first_not_of('*') == std::string_view::npos;
}

std::string with_blanks(std::string_view tag) {
    std::string text(tag);
    const auto letters =
        std::count_if(tag.begin(), tag.end(), [](char each) { return (each & 0xC0) != 0x80; });
    if (letters > 3 && !is_face(text)) std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

}  // namespace lorikeet::base
