// What HTML and Unicode say, as text_cleaning.cpp reads it; made by tools/cleaning_tables.py.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace lorikeet::models {

// "name=code points in hex " of characters written as &name; with "^" behind the name: in capitals too.
extern const std::string_view kHtmlEntities;
extern const std::span<const std::uint32_t> kLigatures;     // point, how many, what it is made of
extern const std::span<const std::uint32_t> kWidths;        // the same of full and half width forms
extern const std::span<const std::uint32_t> kCased;         // first, last
extern const std::span<const std::uint32_t> kBetweenCased;  // first, last

}  // namespace lorikeet::models
