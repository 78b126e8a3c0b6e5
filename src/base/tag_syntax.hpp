// Tags as people and taggers write them, and when two of them are the same.
#pragma once

#include <string>
#include <string_view>

namespace lorikeet::base {

// The same for tags that mean the same: small letters, blanks for underscores, without emphasis and backslashes in front of
// brackets. "(Long_Hair:1.2)" -> "long hair"
std::string tag_key(std::string_view tag);

// Whether a key is the wanted one, whose * stands for anything: "*hair" is "long hair" too, "girl" is not "1girl".
bool tag_matches(std::string_view wanted, std::string_view key);

// "(tag:1.2)", "((tag))", "[tag]" -> "tag"; others are returned as they are. Not "tag \(series\)".
std::string without_emphasis(std::string_view tag);

// Faces made of signs, such as ^_^ and o_o, which taggers know as tags; their underscores are no blanks.
bool is_face(std::string_view tag);

// "long_hair" -> "long hair"; faces, and what is no longer than one, stay.
std::string with_blanks(std::string_view tag);

}  // namespace lorikeet::base
