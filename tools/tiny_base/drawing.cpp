#include "drawing.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace lorikeet::tiny_base {
namespace {

constexpr float kPi = std::numbers::pi_v<float>;

using Corners = std::vector<Point>;

Corners star_corners() {
    Corners corners;
    for (int i = 0; i < 10; ++i) {
        const float radius = i % 2 == 0 ? 1.12F : 0.48F;
        const float angle = kPi * static_cast<float>(i) / 5;
        corners.push_back({radius * std::sin(angle), 0.06F - radius * std::cos(angle)});
    }
    return corners;
}

Corners heart_corners() {
    Corners corners;
    constexpr int kCount = 40;
    for (int i = 0; i < kCount; ++i) {
        const float t = 2 * kPi * (static_cast<float>(i) + 0.5F) / kCount;
        const float x = 16 * std::pow(std::sin(t), 3.0F);
        const float y = 13 * std::cos(t) - 5 * std::cos(2 * t) - 2 * std::cos(3 * t) - std::cos(4 * t);
        corners.push_back({x / 16.0F, -(y + 2.0F) / 15.5F});
    }
    return corners;
}

const Corners& corners_of(Shape shape) {
    static const Corners square{{-0.86F, -0.86F}, {0.86F, -0.86F}, {0.86F, 0.86F}, {-0.86F, 0.86F}};
    static const Corners triangle{{0, -1.0F}, {1.08F, 0.84F}, {-1.08F, 0.84F}};
    static const Corners cross{{-0.34F, -1},    {0.34F, -1},    {0.34F, -0.34F}, {1, -0.34F},
                               {1, 0.34F},      {0.34F, 0.34F}, {0.34F, 1},      {-0.34F, 1},
                               {-0.34F, 0.34F}, {-1, 0.34F},    {-1, -0.34F},    {-0.34F, -0.34F}};
    static const Corners star = star_corners();
    static const Corners heart = heart_corners();
    switch (shape) {
        case Shape::Square: return square;
        case Shape::Triangle: return triangle;
        case Shape::Star: return star;
        case Shape::Heart: return heart;
        default: return cross;
    }
}

constexpr Colour kNightTop{0.06F, 0.08F, 0.22F};
constexpr Colour kNightFoot{0.16F, 0.15F, 0.36F};
constexpr Colour kSkyTop{0.36F, 0.65F, 0.93F};
constexpr Colour kSkyFoot{0.78F, 0.91F, 0.99F};
constexpr Colour kHillFar{0.55F, 0.78F, 0.40F};
constexpr Colour kHillNear{0.36F, 0.66F, 0.30F};

float within(tensor::Draws& draws, double low, double high) {
    return static_cast<float>(low + (high - low) * draws.uniform());
}

void paint_plain(Canvas& canvas, const Colour& colour) {
    canvas.fill([&](Point at) { return mix(lighter(colour, 0.07F), darker(colour, 0.05F), at.y); });
}

void paint_night(Canvas& canvas, tensor::Draws& draws) {
    canvas.fill([](Point at) { return mix(kNightTop, kNightFoot, at.y); });
    for (int i = 0; i < 9; ++i) {
        const Point star{within(draws, 0.03, 0.97), within(draws, 0.03, 0.97)};
        const float radius = within(draws, 0.010, 0.018);
        canvas.draw([&](Point at) { return circle_distance(at, star, radius); }, Colour{1, 1, 0.85F}, 0.9F);
    }
}

void paint_grass(Canvas& canvas, tensor::Draws& draws) {
    canvas.fill([](Point at) { return mix(kSkyTop, kSkyFoot, at.y * 1.4F); });
    const float phase = within(draws, 0, 2 * kPi);
    const auto hill = [&](float level, float height, float turn) {
        return [=](Point at) { return level - height * std::sin(5 * at.x + phase + turn) - at.y; };
    };
    canvas.draw(hill(0.66F, 0.025F, 0), kHillFar);
    canvas.draw(hill(0.80F, 0.030F, 2.2F),
                [](Point at) { return mix(kHillNear, darker(kHillNear, 0.25F), (at.y - 0.75F) * 3); });
}

void paint_cloud(Canvas& canvas, Point middle, float size) {
    const Colour white{0.98F, 0.99F, 1};
    const auto puff = [&](float dx, float dy, float radius) {
        const Point centre{middle.x + dx * size, middle.y + dy * size};
        canvas.draw([&](Point at) { return circle_distance(at, centre, radius * size); }, white, 0.92F,
                    0.02F);
    };
    puff(-0.9F, 0.15F, 0.55F);
    puff(0, -0.15F, 0.8F);
    puff(0.9F, 0.1F, 0.6F);
}

// Clouds keep to the corners: in the middle sits the shape.
void paint_sky(Canvas& canvas, tensor::Draws& draws) {
    canvas.fill([](Point at) { return mix(kSkyTop, kSkyFoot, at.y); });
    const bool left = draws.below(2) == 0;
    const float x = within(draws, 0.10, 0.16);
    paint_cloud(canvas, {left ? x : 1 - x, within(draws, 0.10, 0.16)}, within(draws, 0.07, 0.09));
    paint_cloud(canvas, {left ? 1 - x : x, within(draws, 0.84, 0.90)}, within(draws, 0.07, 0.09));
}

void paint_sunset(Canvas& canvas, tensor::Draws& draws) {
    const Colour top{0.36F, 0.24F, 0.55F};
    const Colour middle{0.93F, 0.42F, 0.42F};
    const Colour foot{1, 0.76F, 0.42F};
    canvas.fill([&](Point at) {
        return at.y < 0.5F ? mix(top, middle, at.y * 2) : mix(middle, foot, (at.y - 0.5F) * 2);
    });
    const float level = within(draws, 0.86, 0.90);
    canvas.draw([&](Point at) { return level + 0.012F * std::sin(6 * at.x) - at.y; },
                Colour{0.25F, 0.16F, 0.36F});
}

}  // namespace

float shape_distance(Shape shape, Point at) {
    if (shape == Shape::Circle) return circle_distance(at, {}, 1);
    if (shape == Shape::Ring) return std::abs(circle_distance(at, {}, 0.76F)) - 0.27F;
    return polygon_distance(at, corners_of(shape));
}

void draw_ground(Canvas& canvas, Ground ground, std::uint64_t seed) {
    tensor::Draws draws(seed);
    switch (ground) {
        case Ground::Night: return paint_night(canvas, draws);
        case Ground::Grass: return paint_grass(canvas, draws);
        case Ground::Sky: return paint_sky(canvas, draws);
        case Ground::Sunset: return paint_sunset(canvas, draws);
        default: return paint_plain(canvas, colour_of(static_cast<Hue>(ground)));
    }
}

void paint_shape(Canvas& canvas, Shape shape, const Colour& colour, const Place& place) {
    const auto outline = [&](Point at) {
        return place.radius * shape_distance(shape, {(at.x - place.centre.x) / place.radius,
                                                     (at.y - place.centre.y) / place.radius});
    };
    constexpr float kShadow = 0.018F;
    constexpr float kRim = 0.028F;
    canvas.draw(
        [&](Point at) {
            return outline({at.x - kShadow, at.y - kShadow});
        },
        Colour{0, 0, 0}, 0.22F, 0.05F);
    canvas.draw(outline, darker(colour, 0.28F));
    canvas.draw([&](Point at) { return outline(at) + kRim; },
                [&](Point at) {
                    const float down = (at.y - place.centre.y) / place.radius;
                    return down < 0 ? lighter(colour, -0.14F * down) : darker(colour, 0.10F * down);
                });
}

Canvas generate(const Thing& thing, const Place& place, std::int64_t size_px) {
    Canvas canvas(size_px);
    draw_ground(canvas, thing.ground, place.ground_seed);
    paint_shape(canvas, thing.shape, colour_of(thing.hue), place);
    return canvas;
}

Canvas paint_anything(std::uint64_t seed, std::int64_t size_px) {
    tensor::Draws draws(seed);
    const auto colour = [&] { return Colour{within(draws, 0, 1), within(draws, 0, 1), within(draws, 0, 1)}; };
    Canvas canvas(size_px);
    const Colour top = colour();
    const Colour foot = mix(top, colour(), 0.4F);
    canvas.fill([&](Point at) { return mix(top, foot, at.y); });
    const auto count = 3 + draws.below(8);
    for (std::uint64_t i = 0; i < count; ++i) {
        const Point centre{within(draws, 0, 1), within(draws, 0, 1)};
        const float angle = within(draws, 0, kPi);
        const Colour generate = colour();
        if (draws.below(3) > 0) {
            const Point radii{within(draws, 0.02, 0.3), within(draws, 0.02, 0.2)};
            canvas.draw([&](Point at) { return ellipse_distance(at, centre, radii, angle); }, generate);
        } else {
            Corners corners;
            const float radius = within(draws, 0.05, 0.3);
            for (int corner = 0; corner < 4; ++corner) {
                const float turn = angle + kPi * (0.5F * static_cast<float>(corner) + within(draws, 0, 0.4));
                corners.push_back({centre.x + radius * std::cos(turn), centre.y + radius * std::sin(turn)});
            }
            canvas.draw([&](Point at) { return polygon_distance(at, corners); }, generate);
        }
    }
    return canvas;
}

}  // namespace lorikeet::tiny_base
