// Giving a file another name without ever replacing what has that name already.
#pragma once

#include "base/file.hpp"

namespace lorikeet::studio {

// Folders above `to` are made. False, and nothing is changed, when something is at `to` already.
// Throws   Error{NotFound} when `from` is not there, Error{Io}, Error{NoSpace}.
bool try_move(const base::Path& from, const base::Path& to);

}  // namespace lorikeet::studio
