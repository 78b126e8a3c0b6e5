// What lies in a dataset that training has no use for, by kind; and what its trash holds.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "studio/dataset_files.hpp"
#include "studio/file_plan.hpp"

namespace lorikeet::studio {

struct UnusedKind {
    std::string_view name, what;
};
constexpr std::array<UnusedKind, 5> kUnusedKinds{{
    {"orphans", "captions without an image"},
    {"empty", "captions with nothing in them"},
    {"caches", "latents that other trainers kept (.npz)"},
    {"others", "files that are no images, captions or archives"},
    {"captions", "all captions"},
}};

// Names below the folder. "others" has no caches among them.
// Throws   Error{InvalidInput} for a kind that is none.
std::vector<std::string> unused_files(const base::Path& folder, const DatasetListing& listing,
                                      std::string_view kind);

// Moves them into the trash.
FilePlan plan_clean(const base::Path& folder, const DatasetListing& listing,
                    const std::vector<std::string>& kinds);

// Of the dataset's trash, its journal aside.
std::uint64_t trash_bytes(const base::Path& folder);
// For good, with the journal: nothing of before can be taken back. Returns the bytes.
// Throws   Error{Conflict} while another program changes the dataset, Error{Io}.
std::uint64_t empty_trash(const base::Path& folder);

}  // namespace lorikeet::studio
