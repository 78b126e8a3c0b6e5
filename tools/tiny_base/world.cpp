#include "world.hpp"

#include <algorithm>
#include <array>

namespace lorikeet::tiny_base {
namespace {

constexpr std::array<std::string_view, kShapes> kShapeNames{"circle", "square", "triangle", "star",
                                                            "heart",  "cross",  "ring"};
constexpr std::array<std::string_view, kHues> kHueNames{"red",  "orange", "yellow", "green",
                                                        "blue", "purple", "pink",   "white"};
constexpr std::array<std::string_view, kGrounds> kGroundNames{
    "red", "orange", "yellow", "green", "blue", "purple", "pink", "white", "night", "grass", "sky", "sunset"};
constexpr std::array<Colour, kHues> kColours{{{0.87F, 0.16F, 0.18F},
                                              {0.98F, 0.55F, 0.12F},
                                              {0.98F, 0.85F, 0.20F},
                                              {0.20F, 0.62F, 0.30F},
                                              {0.20F, 0.40F, 0.85F},
                                              {0.52F, 0.25F, 0.72F},
                                              {0.97F, 0.55F, 0.75F},
                                              {0.96F, 0.96F, 0.95F}}};
template <typename Enum>
std::size_t index(Enum value) {
    return static_cast<std::size_t>(value);
}

bool is_any_of(Hue hue, std::initializer_list<Hue> hues) {
    return std::ranges::find(hues, hue) != hues.end();
}

}  // namespace

std::string_view name_of(Shape shape) { return kShapeNames.at(index(shape)); }
std::string_view name_of(Hue hue) { return kHueNames.at(index(hue)); }
std::string_view name_of(Ground ground) { return kGroundNames.at(index(ground)); }
Colour colour_of(Hue hue) { return kColours.at(index(hue)); }

bool is_visible(const Thing& thing) {
    switch (thing.ground) {
        case Ground::Night: return !is_any_of(thing.hue, {Hue::Blue, Hue::Purple});
        case Ground::Grass: return thing.hue != Hue::Green;
        case Ground::Sky: return !is_any_of(thing.hue, {Hue::Blue, Hue::White});
        case Ground::Sunset: return !is_any_of(thing.hue, {Hue::Orange, Hue::Pink, Hue::Red, Hue::Purple});
        default: return index(thing.ground) != index(thing.hue);
    }
}

std::vector<Thing> every_thing() {
    std::vector<Thing> things;
    for (int shape = 0; shape < kShapes; ++shape)
        for (int hue = 0; hue < kHues; ++hue)
            for (int ground = 0; ground < kGrounds; ++ground) {
                const Thing thing{static_cast<Shape>(shape), static_cast<Hue>(hue),
                                  static_cast<Ground>(ground)};
                if (is_visible(thing)) things.push_back(thing);
            }
    return things;
}

Place draw_place(tensor::Draws& draws) {
    const auto within = [&](double low, double high) {
        return static_cast<float>(low + (high - low) * draws.uniform());
    };
    Place place;
    place.centre = {within(0.45, 0.55), within(0.45, 0.55)};
    place.radius = within(0.25, 0.30);
    place.ground_seed = draws.bits();
    return place;
}

std::string with_article(std::string_view word) {
    return (word.starts_with('o') ? "an " : "a ") + std::string(word);
}

std::string caption_of(const Thing& thing) {
    const std::string what = with_article(name_of(thing.hue)) + " " + std::string(name_of(thing.shape));
    switch (thing.ground) {
        case Ground::Night: return what + " at night";
        case Ground::Grass: return what + " over grass";
        case Ground::Sky: return what + " in the sky";
        case Ground::Sunset: return what + " at sunset";
        default: return what + " on " + with_article(name_of(thing.ground)) + " background";
    }
}

std::string tags_of(const Thing& thing) {
    const std::string what = std::string(name_of(thing.hue)) + " " + std::string(name_of(thing.shape));
    const bool plain = index(thing.ground) < kHues;
    return what + ", " + std::string(name_of(thing.ground)) + (plain ? " background" : "");
}

}  // namespace lorikeet::tiny_base
