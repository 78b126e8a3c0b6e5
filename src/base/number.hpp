// Numbers as people type them, and what is wrong with a text that should be one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lorikeet::base {

enum class Numeral { Any, Whole };

// A finite decimal number with a point, blanks around it and a plus in front allowed; nothing for any other text, and for one
// that is too large or too near to zero to be kept.
std::optional<double> try_number(std::string_view typed);

// A size with or without a unit, "500 MB", "1.5GiB", "4k", "1000": of the units those with an i are powers of 1024. Nothing for
// any other text, for a negative one, and for more than 64 bits hold.
std::optional<std::uint64_t> try_bytes(std::string_view typed);

// What keeps `typed` from being such a number, or such a whole one of 64 bits: words that follow it, as in "1e400 is larger than
// any number that can be kept". Empty where nothing does; kIsNoNumber where no more can be said.
inline constexpr std::string_view kIsNoNumber = "is not a number";
std::string trouble_with_number(std::string_view typed, Numeral wanted = Numeral::Any);

}  // namespace lorikeet::base
