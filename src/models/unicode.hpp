// As much of Unicode as CLIP's tokenizer needs: canonical composition, lower case, letters and numbers.
//
// Source   Unicode Standard Annex 15 for the composition; the tables say what the reference library does, see
//          tools/unicode_tables.py.
#pragma once

#include <string>
#include <string_view>

namespace lorikeet::models::unicode {

enum class CharacterKind { Letter, Number, Space, Other };
CharacterKind kind_of(char32_t point);

// Every byte that is not UTF-8 becomes U+FFFD.
std::u32string to_points(std::string_view utf8);
std::string to_utf8(std::u32string_view points);

// "e" and its accent become one; what looks the same is the same.
std::u32string to_composed(std::u32string_view points);
// Point by point, whatever stands around it.
std::u32string to_lower(std::u32string_view points);

}  // namespace lorikeet::models::unicode
