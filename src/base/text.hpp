// Small things done with text.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::base {

std::string_view trim(std::string_view text);
inline std::string_view trim(const char* text) { return trim(std::string_view(text)); }
std::string trim(std::string&& text);         // of what does not outlive the call, a string of its own
std::string to_lower(std::string_view text);  // ASCII only; other bytes pass
std::vector<std::string> split(std::string_view text, std::string_view separator);
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string replace_all(std::string text, std::string_view from, std::string_view to);
bool is_utf8(std::string_view text);

// The known word nearest to a mistyped one: edit distance with swaps, at most a third of its length.
std::optional<std::string> nearest(std::string_view word, std::span<const std::string> known);

// "1.10 GB" (10^9), "27.8 MB"; "2 h 05 min", "3 min 20 s", "12 s".
std::string human_bytes(std::uint64_t bytes);
std::string human_seconds(double seconds);

// A number and what it counts, which is one or several: "1 step", "3 steps"; "1 entry", "2 entries" where the plural is no
// added s. The sentence around it says "is" or "are" itself.
std::string counted(std::int64_t number, std::string_view one, std::string_view many = {});
inline std::string counted(std::size_t number, std::string_view one, std::string_view many = {}) {
    return counted(static_cast<std::int64_t>(number), one, many);
}

}  // namespace lorikeet::base
