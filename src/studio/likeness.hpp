// How near an image comes to a set of images: a coarse look, so that colours and layout count and noise does not.
#pragma once

#include <vector>

#include "io/image.hpp"

namespace lorikeet::studio {

// Root mean square difference of the 16 x 16 reductions to the nearest of `subjects`, in 0 .. 1 (1: black to white).
double distance_to(const io::Image& image, const std::vector<io::Image>& subjects);

}  // namespace lorikeet::studio
