#include "studio/safe_name.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "models/unicode.hpp"

namespace lorikeet::studio {

namespace unicode = models::unicode;

namespace {

constexpr std::size_t kLongestName = 200;  // bytes, of the 255 that most file systems take
constexpr std::size_t kLongestEnding = 16;

bool is_unsafe(char32_t point) {
    constexpr std::u32string_view kTaken = U"<>:\"/\\|?*";
    const auto in = [&](char32_t first, char32_t last) { return point >= first && point <= last; };
    return point < 0x20 || in(0x7F, 0x9F) || in(0x200E, 0x200F) || in(0x2028, 0x202E) || in(0x2066, 0x2069) ||
           point == 0xFFFD || point == 0xFEFF || kTaken.find(point) != std::u32string_view::npos;
}

// CON, con.txt, LPT1 and their like, whatever stands behind the first dot.
bool is_kept_by_windows(std::string_view name) {
    constexpr std::array<std::string_view, 4> kDevices{"con", "prn", "aux", "nul"};
    const auto first = base::to_lower(base::trim(name.substr(0, name.find('.'))));
    if (std::find(kDevices.begin(), kDevices.end(), first) != kDevices.end()) return true;
    return first.size() == 4 && (first.starts_with("com") || first.starts_with("lpt")) && first[3] >= '1' &&
           first[3] <= '9';
}

// Cut between two characters.
std::string cut(const std::string& text, std::size_t bytes) {
    if (text.size() <= bytes) return text;
    while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80) --bytes;
    return text.substr(0, bytes);
}

std::string without_ends(std::string name) {
    while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.pop_back();
    const auto begin = name.find_first_not_of(' ');
    name.erase(0, begin == std::string::npos ? name.size() : begin);
    if (!name.empty() && name.front() == '.') name.front() = '_';
    return name;
}

std::string shortened(const std::string& name) {
    if (name.size() <= kLongestName) return name;
    const auto dot = name.rfind('.');
    const bool has_ending = dot != std::string::npos && dot > 0 && name.size() - dot <= kLongestEnding;
    const auto ending = has_ending ? name.substr(dot) : "";
    return without_ends(cut(name, kLongestName - ending.size())) + ending;
}

}  // namespace

std::string safe_name(std::string_view name) {
    auto points = unicode::to_points(name);
    std::replace_if(points.begin(), points.end(), is_unsafe, U'_');
    auto safe = shortened(without_ends(unicode::to_utf8(points)));
    if (is_kept_by_windows(safe)) safe.insert(0, "_");
    return safe.empty() ? "_" : safe;
}

std::string name_key(std::string_view name) {
    return unicode::to_utf8(
        unicode::to_composed(unicode::to_lower(unicode::to_composed(unicode::to_points(name)))));
}

}  // namespace lorikeet::studio
