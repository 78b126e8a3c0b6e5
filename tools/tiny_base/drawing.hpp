// Generates what the world holds.
#pragma once

#include <cstdint>

#include "canvas.hpp"
#include "world.hpp"

namespace lorikeet::tiny_base {

// Distance to the outline of a shape of radius 1 around 0, 0.
float shape_distance(Shape shape, Point at);

void draw_ground(Canvas& canvas, Ground ground, std::uint64_t seed);
void paint_shape(Canvas& canvas, Shape shape, const Colour& colour, const Place& place);
Canvas generate(const Thing& thing, const Place& place, std::int64_t size_px = kSizePx);

// For the VAE alone: random ellipses and polygons in random colours, so that it can also say what the world
// does not know, a lorikeet for one.
Canvas paint_anything(std::uint64_t seed, std::int64_t size_px = kSizePx);

}  // namespace lorikeet::tiny_base
