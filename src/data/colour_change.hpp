// Small changes of an image's colours, another one each time it is shown.
//
// Source   kohya's sd-scripts, library/train_util.py, AugHelper.color_aug: a third of the time, either hue or gamma. It takes
//          red for blue on the way; here the hue is that of the image.
// Golden   tests/golden/colour_change.safetensors (OpenCV, NumPy)
#pragma once

#include "io/image.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {

struct ColourChange {
    enum class Kind { None, Hue, Gamma };
    Kind kind = Kind::None;
    double amount =
        0;  // of hue: in steps of 2 degrees, from -8 to 8; of gamma: the exponent, from 0.95 to 1.05
    bool operator==(const ColourChange&) const = default;
};

ColourChange draw_colour_change(tensor::Draws& draws);

// Each byte to the power of `gamma`, cut off at 255: a higher one is brighter.
void change_gamma(io::Image& image, double gamma);
// By way of hue (0 to 179), saturation and value in 8 bits, as OpenCV has them. Rounded, as it does in short rows; in long ones
// it cuts off, so that it may be 1 lower.
void change_hue(io::Image& image, double steps);
void change_colours(io::Image& image, const ColourChange& change);

}  // namespace lorikeet::data
