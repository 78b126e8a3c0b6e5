// What SDXL is told of an image besides its caption: how large it was, and where it was cut.
//
// Shapes   as sizes_of gives it: [B, 6] float32: height and width of the file's image, rows cut off above, columns cut
//          off on the left, height and width trained at.
// Source   Podell et al. 2023, arXiv:2307.01952, section 2.2. What kohya tells: sd-scripts, library/train_util.py,
//          get_crop_ltrb.
#pragma once

#include <vector>

#include <ATen/ATen.h>

#include "data/feature_cache.hpp"
#include "data/transform.hpp"
#include "settings/data.hpp"

namespace lorikeet::data {

struct Cut {
    double top_px = 0;
    double left_px = 0;
    bool operator==(const Cut&) const = default;
};

// Exact: in the resized image, and mirrored if it is. Kohya: the margins that the image would have if it were fitted into
// the crop's size instead; a mirrored one's can be a fraction.
Cut cut_of(const Crop& crop, Mirrored mirrored, settings::CropHint hint);

// One row.
at::Tensor size_hint(const Crop& crop, const Cut& cut);

}  // namespace lorikeet::data
