#include "canvas.hpp"

#include <algorithm>
#include <cmath>

namespace lorikeet::tiny_base {

Colour mix(const Colour& from, const Colour& to, float share) {
    return {std::lerp(from.red, to.red, share), std::lerp(from.green, to.green, share),
            std::lerp(from.blue, to.blue, share)};
}
Colour lighter(const Colour& colour, float share) { return mix(colour, {1, 1, 1}, share); }
Colour darker(const Colour& colour, float share) { return mix(colour, {0, 0, 0}, share); }

float distance(const Colour& a, const Colour& b) {
    return std::hypot(a.red - b.red, a.green - b.green, a.blue - b.blue);
}

float circle_distance(Point at, Point centre, float radius) {
    return std::hypot(at.x - centre.x, at.y - centre.y) - radius;
}

float polygon_distance(Point at, std::span<const Point> corners) {
    float nearest = 1e9F;
    bool inside = false;
    for (std::size_t i = 0, j = corners.size() - 1; i < corners.size(); j = i++) {
        const auto& a = corners[i];
        const auto& b = corners[j];
        const Point edge{b.x - a.x, b.y - a.y};
        const Point away{at.x - a.x, at.y - a.y};
        const float along =
            std::clamp((away.x * edge.x + away.y * edge.y) / (edge.x * edge.x + edge.y * edge.y), 0.0F, 1.0F);
        nearest = std::min(nearest, std::hypot(away.x - along * edge.x, away.y - along * edge.y));
        const bool crosses = (a.y > at.y) != (b.y > at.y);
        if (crosses && at.x < a.x + (at.y - a.y) / (b.y - a.y) * (b.x - a.x)) inside = !inside;
    }
    return inside ? -nearest : nearest;
}

float ellipse_distance(Point at, Point centre, Point radii, float angle) {
    const float c = std::cos(angle);
    const float s = std::sin(angle);
    const Point off{at.x - centre.x, at.y - centre.y};
    const Point turned{(c * off.x + s * off.y) / radii.x, (c * off.y - s * off.x) / radii.y};
    const float length = std::hypot(turned.x, turned.y);
    const float slope = std::hypot(turned.x / radii.x, turned.y / radii.y);
    if (slope < 1e-6F) return -std::min(radii.x, radii.y);
    return length * (length - 1) / slope;
}

Canvas::Canvas(std::int64_t size_px)
    : size_px_(size_px), pixels_(static_cast<std::size_t>(size_px * size_px)) {}

Point Canvas::centre_of(std::int64_t x, std::int64_t y) const {
    const auto size = static_cast<float>(size_px_);
    return {(static_cast<float>(x) + 0.5F) / size, (static_cast<float>(y) + 0.5F) / size};
}

void Canvas::fill(const Paint& generate) {
    for (std::int64_t y = 0; y < size_px_; ++y)
        for (std::int64_t x = 0; x < size_px_; ++x)
            pixels_[static_cast<std::size_t>(y * size_px_ + x)] = generate(centre_of(x, y));
}

void Canvas::draw(const Distance& shape, const Paint& generate, float opacity, float softness) {
    const float edge = std::max(softness, 1 / static_cast<float>(size_px_));
    for (std::int64_t y = 0; y < size_px_; ++y) {
        for (std::int64_t x = 0; x < size_px_; ++x) {
            const auto point = centre_of(x, y);
            const float cover = std::clamp(0.5F - shape(point) / edge, 0.0F, 1.0F) * opacity;
            if (cover <= 0) continue;
            auto& pixel = pixels_[static_cast<std::size_t>(y * size_px_ + x)];
            pixel = mix(pixel, generate(point), cover);
        }
    }
}

void Canvas::draw(const Distance& shape, const Colour& colour, float opacity, float softness) {
    draw(
        shape, [&](Point) { return colour; }, opacity, softness);
}

void Canvas::mirror() {
    for (std::int64_t y = 0; y < size_px_; ++y) {
        const auto row = pixels_.begin() + y * size_px_;
        std::reverse(row, row + size_px_);
    }
}

io::Image Canvas::image() const {
    io::Image image{size_px_, size_px_, {}};
    image.rgb.reserve(pixels_.size() * 3);
    for (const auto& pixel : pixels_) {
        for (const float value : {pixel.red, pixel.green, pixel.blue})
            image.rgb.push_back(static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0F, 1.0F) * 255)));
    }
    return image;
}

}  // namespace lorikeet::tiny_base
