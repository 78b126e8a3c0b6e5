// Names for files and folders that every file system takes, and whether two names can lie beside each other on all of them.
#pragma once

#include <string>
#include <string_view>

namespace lorikeet::studio {

// One part of a path, of any text. Unchanged where it is safe already; else what is not becomes "_":
//   control characters, marks that turn the direction of the text, and < > : " / \ | ? *
//   a dot or a blank at its end, a blank or a dot in front; names that Windows keeps for itself (CON, LPT1, ...)
//   what is left of bytes that are no UTF-8
// At most 200 bytes, its extension kept, so that a number and an ending fit behind. Never empty.
std::string safe_name(std::string_view name);

// The same for two names that a file system may take for one: they differ in the letters' case or in the form of Unicode
// ("e" with its accent as one point or as two).
std::string name_key(std::string_view name);

}  // namespace lorikeet::studio
