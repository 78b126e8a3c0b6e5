// Names of files that are not UTF-8, as old archives hold them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lorikeet::io {

// The encoding of names that are not UTF-8, told from all of one archive: "CP932" (Shift-JIS, as Windows writes it) where
// each is well formed in it and together they look like Japanese; else "CP437", which is ZIP's own and in which every byte
// is a character. No name at all counts as CP437.
std::string encoding_of_names(std::span<const std::string> names);

// As UTF-8. Nothing where the bytes are not of that encoding.
std::optional<std::string> name_in_utf8(std::string_view name, const std::string& encoding);

// Whether this system knows an encoding of that name.
bool is_encoding(const std::string& encoding);

}  // namespace lorikeet::io
