// The caches of latents, captions and thumbnails: where they lie, of what they are, how large, and which of it is still wanted;
// and tidying them up. What is not an entry of a cache is never touched, and no cache that a training works with.
//
// Throws   Error{NotFound} for a target that is not there; what reading a job throws; Error{Interrupted}.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"

namespace lorikeet::studio {

// Other: whole, and of a kind that this version does not know.
enum class CacheKind { Latents, Captions, Thumbnails, Other, Broken };
std::string_view words_for(CacheKind kind);

// Wanted: by the job; of a folder, latents whose image still lies beside the cache. Unknown where neither tells.
enum class CacheUse { Unknown, Wanted, Unused };

struct CachedFile {
    base::Path file;
    std::uint64_t bytes = 0;
    double used = 0;  // unix seconds: about the last time it was wanted; of thumbnails, when it was made
    CacheUse use = CacheUse::Unknown;
};

// What lies in one folder and was made by the same model in the same way.
struct CacheGroup {
    base::Path folder;
    CacheKind kind = CacheKind::Latents;
    std::string model;  // the file's name; empty where the entries do not tell
    std::string
        computed;  // "3f2a91bc bfloat16": which weights, by the first digits of their SHA-256, and in which type
    std::vector<CachedFile> files;

    std::uint64_t bytes() const;
    double used() const;  // the latest
    std::size_t count(CacheUse use) const;
};

struct CacheReport {
    std::vector<CacheGroup> groups;  // by folder, then the largest first
    std::vector<base::Path> in_use;  // folders that a training works with now
    std::string trouble;             // why it is not known what the job wants; empty where it is
    std::uint64_t bytes() const;
    std::size_t files() const;
};

// Of a job file: the caches that its training would use. Of a folder: those in it and below.
CacheReport look_at_caches(const base::Path& target, const base::Cancel& cancel);

struct CleanChoice {
    bool all = false;
    bool unused = false;                      // what is known to be unused
    std::optional<double> unused_for_s = {};  // not wanted for so long
};

// What would go; of a folder that is in use, nothing. Broken entries always go. Thumbnails, which do not tell when they were
// looked at last, and entries of other kinds go with `all` alone.
CacheReport choose_to_clean(const CacheReport& found, const CleanChoice& choice, double now_s);

struct Cleaned {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    std::vector<base::Path> in_use;    // left alone
    std::vector<std::string> trouble;  // files that could not be removed, a sentence each
};
// Removes what was chosen. A folder that a training took up meanwhile is left alone.
Cleaned clean_caches(const CacheReport& chosen, const base::Cancel& cancel);

// For programs.
std::string json_of(const CacheReport& report);
std::string json_of(const Cleaned& cleaned);

}  // namespace lorikeet::studio
