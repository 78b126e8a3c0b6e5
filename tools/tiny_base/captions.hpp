// What is said of a drawing: most often everything, sometimes less.
#pragma once

#include <optional>
#include <string>

#include "tensor/rng.hpp"
#include "world.hpp"

namespace lorikeet::tiny_base {

struct Reading {  // a caption, and what can be read in it
    std::string caption;
    std::optional<Shape> shape;
    std::optional<Hue> hue;
    std::optional<Ground> ground;
};

// "a red circle at night", "red circle, night", "a circle at night", "a red circle".
Reading draw_reading(const Thing& thing, tensor::Draws& draws);
// Now and then a word that nobody knows takes the place of colour and shape, so that the text tower learns to
// read on past it: "a qonf on a blue background".
Reading draw_strange_reading(const Thing& thing, tensor::Draws& draws);

}  // namespace lorikeet::tiny_base
