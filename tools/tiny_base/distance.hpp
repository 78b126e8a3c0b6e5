// How near a picture comes to what was trained on: what the demo reports of its LoRA.
#pragma once

#include <span>

#include "io/image.hpp"

namespace lorikeet::tiny_base {

// Root of the mean squared difference of both pictures reduced to 16 x 16, values 0 .. 1: 0 for the same
// picture, about 0.4 for two pictures that have nothing in common.
double distance_of(const io::Image& a, const io::Image& b);
// To the nearest of them.
double distance_to(const io::Image& picture, std::span<const io::Image> trained);

}  // namespace lorikeet::tiny_base
