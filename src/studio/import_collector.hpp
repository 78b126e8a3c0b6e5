// Reads the sources of an import once and lets their images and captions wait in the staging folder, each with the place its
// name asks for. What is not taken is told.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "studio/dataset_import.hpp"
#include "studio/import_staging.hpp"

namespace lorikeet::studio {

struct Collected {
    std::vector<StagedFile> files;
    std::vector<RenamedFile> made_safe;  // from, place: names that are not safe on every file system
    std::vector<LeftOutFile> left_out;
    std::map<std::string, std::int64_t> passed_over;
    std::vector<std::string> notes;
    bool stopped = false;
};

// Throws what import_dataset throws.
Collected collect(const ImportRequest& request, ImportStaging& staging, const base::Cancel& cancel,
                  const std::function<void(const ImportProgress&)>& on_progress);

}  // namespace lorikeet::studio
