// What the tiny tagger is shown: the small world of the tiny base model (world.hpp), with pairs of shapes, birds of any
// plumage and empty grounds besides; and the tags that are true of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bird.hpp"
#include "io/image.hpp"
#include "world.hpp"

namespace lorikeet::tiny_tagger {

struct ShapeInScene {
    tiny_base::Shape shape = tiny_base::Shape::Circle;
    tiny_base::Hue hue = tiny_base::Hue::Red;
    tiny_base::Place place = {};
};

enum class Kind { Lorikeet, Other };

struct BirdInScene {
    Kind kind = Kind::Lorikeet;
    // Colours by name; those of the lorikeet are what one would call them.
    tiny_base::Hue head = tiny_base::Hue::Blue;
    tiny_base::Hue breast = tiny_base::Hue::Orange;
    tiny_base::Hue wings = tiny_base::Hue::Green;
    tiny_base::Hue beak = tiny_base::Hue::Red;
    tiny_base::Portrait portrait = {};  // its ground is the scene's
};

struct Scene {
    std::optional<tiny_base::Ground> ground;  // none: random ellipses and quadrangles, "abstract"
    std::vector<ShapeInScene> shapes;         // none, one or two
    std::optional<BirdInScene> bird;          // with no shapes
    std::uint64_t seed = 0;                   // of the ground, or of what is abstract
};

// Half of them are single shapes, as the tiny base model draws them; 15 % pairs, 22 % birds (half of them lorikeets), 6 %
// empty grounds, 7 % abstract.
Scene draw_scene(tensor::Draws& draws);
Scene lorikeet_scene(const tiny_base::Portrait& portrait);

io::Image image_of(const Scene& scene, std::int64_t size_px);

// With underscores, as lists of tags have them: "solo", "circle", "red_circle", "simple_background", "blue_background".
std::vector<std::string> tags_of(const Scene& scene);

}  // namespace lorikeet::tiny_tagger
