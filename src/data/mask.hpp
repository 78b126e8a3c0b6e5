// Masks: where an image is learned. White counts, black does not, grey in between.
//
// A mask is the image's own transparency, or an image of the same name and size in a folder of masks, of which red counts. It
// is resized, cropped and mirrored as its image is, and averaged over the pixels that a latent stands for.
//
// Source   kohya's sd-scripts, library/train_util.py (alpha_mask, ControlNetDataset) and library/custom_train_functions.py,
//          apply_masked_loss.
// Golden   tests/golden/mask.safetensors
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "base/file.hpp"
#include "data/feature_cache.hpp"
#include "data/listing.hpp"
#include "data/transform.hpp"

namespace lorikeet::data {

struct Mask {
    enum class Kind { None, Alpha, File };
    Kind kind = Kind::None;
    base::Path file{};     // of Kind::File
    std::string sha256{};  // of its bytes

    bool operator==(const Mask&) const = default;
};

// What is wrong with the mask of an image.
struct MaskTrouble {
    enum class Kind { Missing, OtherSize, Empty, Unreadable };
    Kind kind = Kind::Missing;
    std::string detail{};  // of OtherSize: "64 x 64 instead of 80 x 72"; of Unreadable: why
};

// The images of a folder by their names in it up to the ending ("inside/bird"), whatever their kinds.
using MaskFiles = std::map<std::string, base::Path>;
MaskFiles masks_in(const base::Path& folder, Nested nested);
// What a mask of an image is called there.
std::string mask_name(const base::Path& image, const base::Path& folder);

struct MaskLook {
    Mask mask;
    std::optional<MaskTrouble> trouble;
    bool seen_through = false;  // of Kind::Alpha: there is something to mask
};
// Decodes them once.
MaskLook look_at_alpha(const base::Path& image);
MaskLook look_at_mask(const MaskFiles& masks, const std::string& name, Size size);

// A byte for each pixel of the crop, row by row. Throws what fit_file throws.
std::vector<std::uint8_t> fit_mask(const Mask& mask, const base::Path& image, const Crop& crop,
                                   Mirrored mirrored);

// Shapes   [1, h, w] float32 from 0 to 1, the mean of each block; h and w divide the sides of `size`.
at::Tensor reduce_mask(const std::vector<std::uint8_t>& mask, Size size, std::int64_t h, std::int64_t w);

}  // namespace lorikeet::data
