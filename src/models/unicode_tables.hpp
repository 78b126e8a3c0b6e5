// Tables of Unicode, flat numbers in ascending order; read by unicode.cpp and text_cleaning.cpp.
#pragma once

#include <cstdint>
#include <span>

namespace lorikeet::models::unicode {

// Whether one of the pairs first, last of a table holds the point.
bool is_in(std::span<const std::uint32_t> ranges, char32_t point);

extern const std::span<const std::uint32_t> kLetters;    // first, last
extern const std::span<const std::uint32_t> kNumbers;    // first, last
extern const std::span<const std::uint32_t> kSpaces;     // first, last
extern const std::span<const std::uint32_t> kLower;      // first, last, stride, distance modulo 2^32
extern const std::span<const std::uint32_t> kMarks;      // first, last, combining class
extern const std::span<const std::uint32_t> kComposed;   // composed, first part, second part
extern const std::span<const std::uint32_t> kApartOnly;  // the same for what is never composed again
extern const std::span<const std::uint32_t> kSingles;    // first, how many, what each of them stands for

}  // namespace lorikeet::models::unicode
