// What a change does to a caption, part by part: for a page that shows it before it is made.
#pragma once

#include <string>
#include <vector>

#include "studio/undo_journal.hpp"

namespace lorikeet::studio {

enum class DiffKind { Same, Gone, New };

struct DiffPart {
    DiffKind kind = DiffKind::Same;
    std::string text;  // a tag or a sentence; kLineBreak between two lines
    bool operator==(const DiffPart&) const = default;
};

constexpr const char* kLineBreak = "\u21b5";

// In the order of reading; what goes stands before what takes its place. Blanks and empty lines are not looked at.
// Throws   Error{InvalidInput} for what is no UTF-8 text.
std::vector<DiffPart> caption_diff(const TextChange& change);

}  // namespace lorikeet::studio
