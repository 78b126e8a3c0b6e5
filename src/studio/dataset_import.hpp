// Importing images and captions into a dataset: from folders, archives (io/archive.hpp), single files, and text files that
// list any of these, a line each.
//
// No path climbs out, no link is followed, nothing that exists is changed. What is taken appears at the end and at once;
// where it cannot (a full disk, a damaged archive, one beyond the limits) all stays as it was and an Error is thrown. When
// it is stopped, what is whole stays: an image with its caption, and all of a source that was read to its end.
// Which is which, and what happens to names, is said in import_plan.hpp and safe_name.hpp.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "io/archive.hpp"
#include "studio/import_plan.hpp"
#include "studio/subset_folder.hpp"

namespace lorikeet::studio {

struct ImportRequest {
    std::vector<base::Path> sources;
    base::Path folder;  // the dataset; made where it is not there
    std::vector<std::string> caption_extensions = {".txt", ".caption"};
    io::ArchiveLimits limits;  // most_entries and most_file_bytes hold for folders too
    std::string encoding;      // of names in archives that are not UTF-8; empty: told from the names
};

struct ImportProgress {
    std::string name;      // what is being read
    std::int64_t files{};  // images and captions so far
    std::uint64_t bytes_done = 0,
                  bytes_in_all = 0;  // of the sources; what unpacks to more is counted as it lies there
};

struct PassedOver {
    std::string what;  // "__MACOSX", ".DS_Store"
    std::int64_t count = 0;
};

struct ImportOutcome {
    bool stopped = false;
    std::int64_t images = 0, captions = 0;  // taken
    std::uint64_t bytes = 0;
    std::vector<TakenFile> taken;
    std::vector<RenamedFile> renamed;
    std::vector<EqualFile> already_there;
    std::vector<LeftOutFile> left_out;
    std::vector<PassedOver> passed_over;  // what systems leave everywhere: counted, not listed
    std::vector<std::string> notes;       // sentences: names that were in another encoding, images that wait
    std::vector<FoundSubset> subsets;     // of the whole dataset, afterwards
    std::string sentence;                 // "24 images and 20 captions came into birds."
};

// On the calling thread; `on_progress` is called from it some times a second at most.
// Throws   Error{NotFound} when a source is not there; what ArchiveReader and ImportStaging throw; Error{InvalidInput} for an
//          encoding that is not known, no source, or a source that is the dataset itself.
ImportOutcome import_dataset(const ImportRequest& request, const base::Cancel& cancel,
                             const std::function<void(const ImportProgress&)>& on_progress = {});

}  // namespace lorikeet::studio
