// The entries of a cache of latents and captions, as they lie there: what EntryStore wrote, told by its names, and nothing
// else. Of each the header is read; links are not followed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "data/made_from.hpp"

namespace lorikeet::data {

// Damaged: cut off, or another's under this name. Leftover: what was written when its process was killed.
enum class EntryCondition { Readable, Damaged, Leftover };

struct CacheEntry {
    base::Path file;
    std::string key;
    EntryCondition condition = EntryCondition::Readable;
    MadeFrom made_from;  // of entries that are older than these words the kind alone
    std::uint64_t bytes = 0;
    double used = 0;  // unix seconds: about the last time a training wanted it
};

// By key. A folder that is not there has none. Throws Error{Interrupted}.
std::vector<CacheEntry> list_cache(const base::Path& folder, const base::Cancel& cancel);

}  // namespace lorikeet::data
