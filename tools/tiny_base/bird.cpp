#include "bird.hpp"

#include <cmath>
#include <span>

#include "drawing.hpp"

namespace lorikeet::tiny_base {
namespace {

constexpr Colour kWood{0.48F, 0.32F, 0.20F};
constexpr Colour kDark{0.10F, 0.10F, 0.14F};

// Draws in the bird's own frame: facing right, feet at (0.5, 0.8), upright.
class Brush {
  public:
    Brush(Canvas& canvas, const Portrait& portrait) : canvas_(canvas), portrait_(portrait) {}

    void ellipse(Point centre, Point radii, float angle, const Colour& colour) {
        canvas_.draw(
            [&](Point at) { return portrait_.scale * ellipse_distance(own(at), centre, radii, angle); },
            [&](Point at) { return shaded(colour, own(at).y, centre.y, radii.y); });
    }
    void polygon(std::span<const Point> corners, const Colour& colour) {
        canvas_.draw([&](Point at) { return portrait_.scale * polygon_distance(own(at), corners); }, colour);
    }

  private:
    static Colour shaded(const Colour& colour, float y, float middle, float height) {
        const float down = (y - middle) / height;
        return down < 0 ? lighter(colour, -0.10F * down) : darker(colour, 0.10F * down);
    }
    Point own(Point at) const {
        const Point off{(at.x - 0.5F - portrait_.shift_x) / portrait_.scale, (at.y - 0.8F) / portrait_.scale};
        const float c = std::cos(portrait_.lean);
        const float s = std::sin(portrait_.lean);
        return {0.5F + c * off.x + s * off.y, 0.8F + c * off.y - s * off.x};
    }
    Canvas& canvas_;
    const Portrait& portrait_;
};

void paint_perch(Canvas& canvas, const Portrait& portrait) {
    const float tilt = portrait.lean * 0.3F;
    canvas.draw(
        [&](Point at) { return std::abs(at.y - 0.81F - tilt * (at.x - 0.5F)) - 0.028F; },
        [&](Point at) { return mix(lighter(kWood, 0.15F), darker(kWood, 0.2F), (at.y - 0.78F) / 0.06F); });
}

void paint_body(Brush& brush, const Plumage& plumage) {
    static constexpr Point kTail[]{{0.36F, 0.66F}, {0.46F, 0.72F}, {0.36F, 1.0F}, {0.27F, 0.98F}};
    static constexpr Point kTailEdge[]{{0.33F, 0.74F}, {0.38F, 0.76F}, {0.31F, 0.99F}, {0.27F, 0.98F}};
    brush.polygon(kTail, plumage.tail);
    brush.polygon(kTailEdge, plumage.tail_edge);
    brush.ellipse({0.52F, 0.59F}, {0.155F, 0.235F}, 0.25F, plumage.breast);
    brush.ellipse({0.475F, 0.735F}, {0.10F, 0.075F}, 0.2F, plumage.belly);
    brush.ellipse({0.43F, 0.60F}, {0.105F, 0.215F}, 0.28F, plumage.wing);
    brush.ellipse({0.41F, 0.645F}, {0.065F, 0.145F}, 0.30F, plumage.tail);
    brush.ellipse({0.47F, 0.805F}, {0.022F, 0.028F}, 0, kDark);
    brush.ellipse({0.54F, 0.805F}, {0.022F, 0.028F}, 0, kDark);
}

void paint_head(Brush& brush, const Plumage& plumage) {
    static constexpr Point kBeak[]{{0.69F, 0.20F}, {0.83F, 0.27F}, {0.79F, 0.38F}, {0.70F, 0.36F}};
    brush.ellipse({0.555F, 0.40F}, {0.145F, 0.07F}, 0.1F, plumage.collar);
    brush.ellipse({0.58F, 0.27F}, {0.155F, 0.15F}, 0, plumage.head);
    brush.polygon(kBeak, plumage.beak);
    brush.ellipse({0.63F, 0.255F}, {0.045F, 0.045F}, 0, {1, 1, 1});
    brush.ellipse({0.64F, 0.255F}, {0.025F, 0.028F}, 0, kDark);
}

}  // namespace

std::string caption_of(const Portrait& portrait) {
    const Thing thing{Shape::Circle, Hue::Red, portrait.ground};
    const auto words = caption_of(thing);
    return "a lorikeet" + words.substr(std::string_view("a red circle").size());
}

Canvas draw_bird(const Portrait& portrait, std::int64_t size_px) {
    Canvas canvas(size_px);
    draw_ground(canvas, portrait.ground, portrait.seed);
    Brush brush(canvas, portrait);
    paint_perch(canvas, portrait);
    paint_body(brush, portrait.plumage);
    paint_head(brush, portrait.plumage);
    if (portrait.facing == Facing::Left) canvas.mirror();
    return canvas;
}

std::vector<Portrait> demo_portraits() {
    using enum Facing;
    return {{Ground::White, Right, 1.00F, 0.00F, 0.00F, 1},  {Ground::Yellow, Right, 0.96F, 0.06F, 0.01F, 2},
            {Ground::Pink, Left, 1.00F, 0.03F, 0.02F, 3},    {Ground::Purple, Right, 1.03F, -0.05F, 0.00F, 4},
            {Ground::White, Left, 0.95F, -0.03F, 0.03F, 5},  {Ground::Orange, Left, 0.98F, 0.05F, 0.01F, 6},
            {Ground::Grass, Right, 1.02F, 0.03F, 0.00F, 7},  {Ground::Sky, Right, 0.97F, -0.04F, 0.02F, 8},
            {Ground::Sunset, Left, 1.00F, 0.00F, 0.01F, 9},  {Ground::Sky, Left, 1.03F, 0.02F, 0.00F, 10},
            {Ground::Grass, Left, 0.96F, -0.05F, 0.02F, 11}, {Ground::Night, Right, 1.00F, 0.04F, 0.00F, 12}};
}

}  // namespace lorikeet::tiny_base
