// Texts of strangers (names of files and tensors, metadata, captions) as a terminal or a page may show them.
//
// Escaped, as \n, \x1b or \u202e: control characters (U+0000 to U+001F, U+007F to U+009F), line and paragraph separators,
// the marks that turn the direction of the text around them, and bytes that are no UTF-8. All else stays as it is, a
// backslash too, so a text that is printable already is returned unchanged.
#pragma once

#include <string>
#include <string_view>

namespace lorikeet::base {

enum class LineBreaks { Escape, Keep };

std::string printable(std::string_view text, LineBreaks breaks = LineBreaks::Escape);

// The first `most` characters of it, with "..." where something was left out: for lists and sentences.
std::string printable_start(std::string_view text, std::size_t most);

// The text without its characters that nobody sees: zero-width ones, joiners, soft hyphens, marks of direction, variation
// selectors, tags, and the letters of some scripts that fill a place with nothing.
std::string without_invisible(std::string_view text);

// Whether there is anything to see in it: more than blanks of any width, control characters and what without_invisible()
// takes away. What is not, counts as empty where a person had to write a word or a name.
bool is_visible(std::string_view text);

}  // namespace lorikeet::base
