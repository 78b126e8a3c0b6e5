// What is different each time an image is shown, besides its mirroring: where it is cropped, and its colours.
//
// Source   kohya's sd-scripts, library/train_util.py, trim_and_resize_if_required, crop_target, AugHelper.
// Golden   tests/golden/face_crop.safetensors
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "data/transform.hpp"
#include "settings/data.hpp"

namespace lorikeet::data {

// In pixels of the image.
struct Face {
    std::int64_t x_px = 0, y_px = 0;  // its middle
    std::int64_t width_px = 0, height_px = 0;
    bool operator==(const Face&) const = default;
};

// "anna_320_240_96_110.png": the last four of at least five parts. Nothing where there are none, or where they are no face
// in an image of this size.
std::optional<Face> face_in_name(const base::Path& file, Size image);

// A folder's settings, what it leaves open taken from data.
struct Variants {
    bool random_crop = false;
    bool vary_colours = false;
    std::vector<double> face_crop;  // none, or one or two
    bool alpha_mask = false;
    std::string mask_folder;  // empty: none

    bool masked() const { return alpha_mask || !mask_folder.empty(); }
    // Its latents are others each time.
    bool varies() const { return random_crop || vary_colours || !face_crop.empty(); }
};
Variants variants_of(const settings::Data& data, const settings::Subset& subset);
// What transparent parts are trained as.
io::Background background_of(const settings::Data& data);

using Uniform = std::function<double()>;  // one number after the other, each in [0, 1)

// The same size of the same resized image, from any place of it.
Crop crop_anywhere(const Crop& usual, const Uniform& uniform);

// So large that the crop's shorter side is from `least` to `most` sizes of the face, as far as that needs no enlarging, and
// with the face in its middle: about there, or, with a random crop, more or less far from it.
struct FaceCrop {
    Face face;
    double least = 1, most = 1;
    bool random = false;
};
Crop crop_round(const FaceCrop& wish, Size image, Size size, const Uniform& uniform);

}  // namespace lorikeet::data
