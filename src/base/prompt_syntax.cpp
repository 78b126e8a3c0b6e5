#include "base/prompt_syntax.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace lorikeet::base {
namespace {

using std::string_view;

bool is_number(string_view text) {
    text = trim(text);
    return !text.empty() &&
           std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
           std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

bool is_escaped(string_view text, std::size_t at) { return at > 0 && text[at - 1] == '\\'; }

// From the place of an opening bracket to where it closes; npos when it does not.
std::size_t end_of(string_view text, std::size_t open, char opens, char closes) {
    int depth = 0;
    for (auto at = open; at < text.size(); ++at) {
        if (is_escaped(text, at)) continue;
        if (text[at] == opens) ++depth;
        if (text[at] == closes && --depth == 0) return at + 1;
    }
    return string_view::npos;
}

enum class Weighs { Yes, No };

// "(word:1.2)" and "((word))" weigh.
string_view first_brackets(string_view text, Weighs wanted) {
    for (auto open = text.find('('); open != string_view::npos; open = text.find('(', open + 1)) {
        if (is_escaped(text, open)) continue;
        const auto end = end_of(text, open, '(', ')');
        if (end == string_view::npos) continue;
        const auto inside = text.substr(open + 1, end - open - 2);
        const auto colon = inside.rfind(':');
        const bool weighs = colon != string_view::npos && is_number(inside.substr(colon + 1));
        const bool twice = inside.starts_with('(') && inside.ends_with(')');
        if ((weighs || twice) == (wanted == Weighs::Yes)) return text.substr(open, end - open);
        if (wanted == Weighs::No) open = end - 1;  // what is within weighs as well
    }
    return {};
}

}  // namespace

std::string unescape_brackets(string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escapes = text[i] == '\\' && i + 1 < text.size() &&
                             string_view("()[]").find(text[i + 1]) != string_view::npos;
        if (!escapes) plain += text[i];
    }
    return plain;
}

string_view first_weight(string_view text) { return first_brackets(text, Weighs::Yes); }

string_view first_bare_brackets(string_view text) { return first_brackets(text, Weighs::No); }

string_view first_wildcard(string_view text) {
    for (auto open = text.find('{'); open != string_view::npos; open = text.find('{', open + 1)) {
        const auto end = end_of(text, open, '{', '}');
        if (end == string_view::npos) break;
        const auto whole = text.substr(open, end - open);
        if (whole.find('|') != string_view::npos) return whole;
    }
    const auto open = text.find("__");
    if (open == string_view::npos) return {};
    const auto close = text.find("__", open + 2);
    if (close == string_view::npos || close == open + 2) return {};
    const auto name = text.substr(open, close + 2 - open);
    return name.find_first_of(" ,") == string_view::npos ? name : string_view();
}

}  // namespace lorikeet::base
