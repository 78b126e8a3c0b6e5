// Paths as people type them, and questions about paths that never throw.
//
// std::filesystem throws for a name that is too long, a folder that may not be entered, or links in a circle; here the
// answer is then no.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace lorikeet::base {

bool is_there(const Path& path) noexcept;   // whatever it is; a link that leads nowhere is not there
bool is_file(const Path& path) noexcept;    // a regular file, also behind a link
bool is_folder(const Path& path) noexcept;  // also behind a link
std::optional<std::uint64_t> bytes_in(const Path& file) noexcept;

// A path without what typing, copying or dragging leaves around it: blanks, one pair of quotes, invisible marks of the
// direction of writing, file://, backslashes in front of blanks as a terminal writes them; a leading ~ becomes the home
// folder.
std::string clean_typed_path(std::string_view typed);

// "https://host/a.safetensors", "hf://a/b": where a file or folder is wanted it can only be a mistake. Not so file://, which
// clean_typed_path() understands.
bool is_web_address(std::string_view typed);
// Throws Error{InvalidInput} with that sentence.
[[noreturn]] void fail_for_web_address(std::string_view typed);
// What to do about one, in a sentence.
constexpr std::string_view kNotOnTheWeb =
    "Name a file or folder of this machine; what lies on the web has to be downloaded first.";

// What to do about a path where nothing is: a name that differs only in its letters' case or a little, a path of Windows,
// or a \t that a double-quoted text turned into a tab. "Check the path." when nothing else is known.
std::string hint_for_missing(std::string_view path);

}  // namespace lorikeet::base
