// One image with its scene: as drawn, or as image files of strangers come: of any size and shape, in other light, with noise.
#pragma once

#include <cstdint>

#include "io/image.hpp"
#include "scene.hpp"

namespace lorikeet::tiny_tagger {

enum class Look { Plain, Varied };

struct Example {
    Scene scene;
    io::Image image;  // Plain: 64 x 64 pixels
};

Example draw_example(std::uint64_t seed, Look look);

// What tag::square_of makes of a file of this image: the middle of a white square, resized.
io::Image square_of(const io::Image& image, std::int64_t side_px);

}  // namespace lorikeet::tiny_tagger
