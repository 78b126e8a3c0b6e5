// Small images of a dataset for a page: made once, kept in the dataset's `.lorikeet-cache/thumbnails`.
//
// An image is known by its name, its size and when it was changed, so that one that is written over gets a new thumbnail.
// Where the folder cannot be written to, each is made again.
// Throws   what io::read_image throws. Safe from any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"

namespace lorikeet::studio {

constexpr std::int64_t kThumbnailPx = 256;  // the longest side at most; a small image keeps its size

constexpr const char* kThumbnailFolderName = "thumbnails";
// The files that are kept of a dataset's. Throws Error{Interrupted}.
std::vector<base::Path> list_thumbnails(const base::Path& folder, const base::Cancel& cancel);

// The bytes of a JPEG. `name` is below `folder`.
std::string thumbnail(const base::Path& folder, const std::string& name);

}  // namespace lorikeet::studio
