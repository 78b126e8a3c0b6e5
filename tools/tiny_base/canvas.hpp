// A small painter: signed distances with analytic anti-aliasing, on a unit square (0, 0 is the top left).
//
// Source   polygon distance after Inigo Quilez, "2D distance functions" (the formula, written again).
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "io/image.hpp"

namespace lorikeet::tiny_base {

struct Colour {  // sRGB, 0 .. 1
    float red = 0, green = 0, blue = 0;
};
Colour mix(const Colour& from, const Colour& to, float share);
Colour lighter(const Colour& colour, float share);  // towards white
Colour darker(const Colour& colour, float share);   // towards black
float distance(const Colour& a, const Colour& b);   // Euclid in sRGB

struct Point {
    float x = 0, y = 0;
};
using Distance = std::function<float(Point)>;  // below 0 inside
using Paint = std::function<Colour(Point)>;

float circle_distance(Point at, Point centre, float radius);
float polygon_distance(Point at, std::span<const Point> corners);
// Of an ellipse turned by `angle` (radians); exact on the outline, near enough a pixel beside it.
float ellipse_distance(Point at, Point centre, Point radii, float angle);

class Canvas {
  public:
    explicit Canvas(std::int64_t size_px);
    std::int64_t size_px() const { return size_px_; }
    const Colour& at(std::int64_t x, std::int64_t y) const {
        return pixels_[static_cast<std::size_t>(y * size_px_ + x)];
    }
    void fill(const Paint& generate);
    // Generates what lies inside, with an edge one pixel wide, or as wide as `softness` where that is more.
    void draw(const Distance& shape, const Paint& generate, float opacity = 1, float softness = 0);
    void draw(const Distance& shape, const Colour& colour, float opacity = 1, float softness = 0);
    void mirror();
    // Bytes of red, green, blue, row by row.
    io::Image image() const;

  private:
    Point centre_of(std::int64_t x, std::int64_t y) const;
    std::int64_t size_px_;
    std::vector<Colour> pixels_;
};

}  // namespace lorikeet::tiny_base
