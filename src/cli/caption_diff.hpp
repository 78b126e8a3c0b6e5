// A caption that changes, as lines of text: what was there with "-", what will be with "+".
#pragma once

#include <string>

#include "studio/undo_journal.hpp"

namespace lorikeet::cli {

std::string diff_of(const studio::TextChange& change);

}  // namespace lorikeet::cli
