// Images of a dataset written again: in another format, smaller, cut to a shape, turned. The old files go to the trash, so
// that an undo brings back their very bytes.
//
// An image keeps its name and, where it can be written (PNG, JPEG, WebP), its format; others become PNG. Nothing is ever
// enlarged. What would not change is counted in a note and is no line of the plan.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "io/image_edit.hpp"
#include "studio/dataset_files.hpp"
#include "studio/file_plan.hpp"

namespace lorikeet::studio {

using io::Turn;

enum class CropFrom { Top, Centre, Bottom };  // or left, centre, right where the sides are cut

struct EditRequest {
    std::string format;                 // "png", "jpeg", "webp"; empty: as it is
    int quality = 95;                   // of JPEG and WebP
    std::int64_t longest_px = 0;        // no side is longer afterwards; 0: as it is
    std::int64_t across = 0, down = 0;  // a shape to crop to: 3 and 4 for 3:4; 0: as it is
    CropFrom keep = CropFrom::Centre;
    Turn turn = Turn::None;
    bool mirror = false;
};

// Reads headers alone. `chosen` are names of the listing; empty: all. Masks of the chosen images (companions.hpp) get the shape
// that their images get.
// Throws   Error{InvalidInput} for a request that asks for nothing, Error{Interrupted}.
FilePlan plan_edit(const base::Path& folder, const DatasetListing& listing,
                   const std::vector<std::string>& chosen, const EditRequest& request,
                   const base::Cancel& cancel);

}  // namespace lorikeet::studio
