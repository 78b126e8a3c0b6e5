// The small world that the tiny base model knows: one shape of one colour, near the middle, on a plain ground
// or in a scene. "a red circle on a blue background", "a pink star at night".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "canvas.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::tiny_base {

enum class Shape { Circle, Square, Triangle, Star, Heart, Cross, Ring };
enum class Hue { Red, Orange, Yellow, Green, Blue, Purple, Pink, White };
// The first eight are plain, in the order of Hue.
enum class Ground { Red, Orange, Yellow, Green, Blue, Purple, Pink, White, Night, Grass, Sky, Sunset };

inline constexpr std::int64_t kShapes = 7;
inline constexpr std::int64_t kHues = 8;
inline constexpr std::int64_t kGrounds = 12;
inline constexpr std::int64_t kSizePx = 64;

std::string_view name_of(Shape shape);
std::string_view name_of(Hue hue);
std::string_view name_of(Ground ground);
Colour colour_of(Hue hue);

struct Thing {  // what the caption says
    Shape shape = Shape::Circle;
    Hue hue = Hue::Red;
    Ground ground = Ground::White;
    bool operator==(const Thing&) const = default;
};
// False where the shape would vanish: red on red, blue in the sky.
bool is_visible(const Thing& thing);
std::vector<Thing> every_thing();

struct Place {  // what the caption does not say; in parts of the image's width
    Point centre{0.5F, 0.5F};
    float radius = 0.28F;
    std::uint64_t ground_seed = 0;
};
Place draw_place(tensor::Draws& draws);

std::string with_article(std::string_view word);  // "a red", "an orange"
std::string caption_of(const Thing& thing);
std::string tags_of(const Thing& thing);  // "red circle, blue background"

}  // namespace lorikeet::tiny_base
