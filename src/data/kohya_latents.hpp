// Latents that sd-scripts cached beside an image (bird_0512x0768_sd.npz, or bird.npz of older versions), for a job that
// wants them. They are read where they fit the job in shape and crop, and are told why not otherwise.
//
// What they do not tell: which VAE made them, and how the image was resized where it was not enlarged. They are one
// draw from the distribution that the VAE gives.
//
// Shapes   [C, h, w] float32 on the CPU, unscaled.
// Source   sd-scripts 48d368f, library/strategy_base.py and strategy_sd.py.
#pragma once

#include <string>
#include <string_view>

#include <ATen/ATen.h>

#include "data/scan.hpp"
#include "data/transform.hpp"

namespace lorikeet::data {

// What the latents of a family look like there.
struct KohyaFormat {
    std::string ending;  // "_sd.npz"; empty: none are read
    std::int64_t channels = 4;
    std::int64_t factor = 8;
};

struct KohyaLatents {
    at::Tensor plain, mirrored;  // undefined where there are none; mirrored also where the job wants none
    std::string sha256;          // of both
    std::string why_not;         // there are some, and they are not used: "of another size"
    bool used() const { return plain.defined(); }
};

enum class WantsMirrored { No, Yes };

// Neither used nor a reason where there is no such file. What cannot be read is a reason.
KohyaLatents find_kohya_latents(const DatasetImage& image, const Crop& crop, WantsMirrored mirrored,
                                const KohyaFormat& format);

}  // namespace lorikeet::data
