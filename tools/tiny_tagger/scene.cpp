#include "scene.hpp"

#include "drawing.hpp"

namespace lorikeet::tiny_tagger {
namespace {

using tiny_base::Ground;
using tiny_base::Hue;
using tiny_base::Shape;

float within(tensor::Draws& draws, double low, double high) {
    return static_cast<float>(low + (high - low) * draws.uniform());
}

template <class Enum>
Enum any_of(tensor::Draws& draws, std::int64_t count) {
    return static_cast<Enum>(draws.below(static_cast<std::uint64_t>(count)));
}

ShapeInScene draw_shape(tensor::Draws& draws, Ground ground) {
    ShapeInScene drawn;
    do {
        drawn.shape = any_of<Shape>(draws, tiny_base::kShapes);
        drawn.hue = any_of<Hue>(draws, tiny_base::kHues);
    } while (!tiny_base::is_visible({drawn.shape, drawn.hue, ground}));
    return drawn;
}

// Freer in place and size than the tiny base model draws it.
void add_one(Scene& scene, tensor::Draws& draws) {
    scene.shapes = {draw_shape(draws, *scene.ground)};
    auto& place = scene.shapes[0].place;
    place.radius = within(draws, 0.18, 0.33);
    place.centre = {within(draws, 0.38, 0.62), within(draws, 0.38, 0.62)};
}

// Side by side; two of a colour or two of a shape may be, but not both.
void add_two(Scene& scene, tensor::Draws& draws) {
    do {
        scene.shapes = {draw_shape(draws, *scene.ground), draw_shape(draws, *scene.ground)};
    } while (scene.shapes[0].shape == scene.shapes[1].shape && scene.shapes[0].hue == scene.shapes[1].hue);
    for (std::size_t i = 0; i < 2; ++i) {
        auto& place = scene.shapes[i].place;
        place.radius = within(draws, 0.16, 0.20);
        place.centre = {(i == 0 ? 0.0F : 0.52F) + within(draws, 0.22, 0.26), within(draws, 0.35, 0.65)};
    }
}

tiny_base::Plumage plumage_of(const BirdInScene& bird) {
    if (bird.kind == Kind::Lorikeet) return {};
    const auto breast = tiny_base::colour_of(bird.breast), wing = tiny_base::colour_of(bird.wings);
    return {.head = tiny_base::colour_of(bird.head),
            .beak = tiny_base::colour_of(bird.beak),
            .collar = tiny_base::lighter(breast, 0.15F),
            .breast = breast,
            .belly = tiny_base::darker(breast, 0.12F),
            .wing = wing,
            .tail = tiny_base::darker(wing, 0.25F),
            .tail_edge = tiny_base::darker(breast, 0.12F)};
}

// Another bird than the lorikeet; one in three is of one colour.
BirdInScene draw_other_bird(tensor::Draws& draws, Ground ground) {
    constexpr Hue kBeaks[]{Hue::Red, Hue::Orange, Hue::Yellow};
    const auto visible = [&](Hue hue) { return tiny_base::is_visible({Shape::Circle, hue, ground}); };
    const bool of_one_colour = draws.below(3) == 0;
    BirdInScene bird{.kind = Kind::Other};
    do {
        bird.head = any_of<Hue>(draws, tiny_base::kHues);
        bird.breast = of_one_colour ? bird.head : any_of<Hue>(draws, tiny_base::kHues);
        bird.wings = of_one_colour ? bird.head : any_of<Hue>(draws, tiny_base::kHues);
        bird.beak = kBeaks[draws.below(3)];
    } while (!visible(bird.head) || !visible(bird.breast) || !visible(bird.wings) ||
             (bird.head == Hue::Blue && bird.breast == Hue::Orange && bird.wings == Hue::Green));
    return bird;
}

void add_bird(Scene& scene, tensor::Draws& draws) {
    auto bird = draws.below(2) == 0 ? BirdInScene{} : draw_other_bird(draws, *scene.ground);
    bird.portrait = {.ground = *scene.ground,
                     .facing = draws.below(2) == 0 ? tiny_base::Facing::Right : tiny_base::Facing::Left,
                     .scale = within(draws, 0.8, 1.08),
                     .lean = within(draws, -0.12, 0.12),
                     .shift_x = within(draws, -0.06, 0.08),
                     .seed = scene.seed,
                     .plumage = plumage_of(bird)};
    scene.bird = bird;
}

void add_bird_tags(std::vector<std::string>& tags, const BirdInScene& bird) {
    const auto add = [&](Hue hue, const char* what) { tags.push_back(std::string(name_of(hue)) + what); };
    tags.emplace_back("bird");
    if (bird.head == bird.breast && bird.head == bird.wings) add(bird.head, "_bird");
    add(bird.head, "_head");
    add(bird.beak, "_beak");
    add(bird.breast, "_breast");
    add(bird.wings, "_wings");
    if (bird.kind == Kind::Lorikeet) tags.emplace_back("lorikeet");
}

}  // namespace

Scene draw_scene(tensor::Draws& draws) {
    Scene scene;
    scene.seed = draws.bits();
    const auto kind = draws.below(100);
    if (kind < 7) return scene;
    scene.ground = any_of<Ground>(draws, tiny_base::kGrounds);
    if (kind < 57)
        add_one(scene, draws);
    else if (kind < 72)
        add_two(scene, draws);
    else if (kind < 94)
        add_bird(scene, draws);
    return scene;
}

Scene lorikeet_scene(const tiny_base::Portrait& portrait) {
    return {.ground = portrait.ground,
            .shapes = {},
            .bird = BirdInScene{.portrait = portrait},
            .seed = portrait.seed};
}

io::Image image_of(const Scene& scene, std::int64_t size_px) {
    if (!scene.ground) return tiny_base::paint_anything(scene.seed, size_px).image();
    if (scene.bird) return tiny_base::draw_bird(scene.bird->portrait, size_px).image();
    tiny_base::Canvas canvas(size_px);
    tiny_base::draw_ground(canvas, *scene.ground, scene.seed);
    for (const auto& each : scene.shapes)
        tiny_base::paint_shape(canvas, each.shape, tiny_base::colour_of(each.hue), each.place);
    return canvas.image();
}

std::vector<std::string> tags_of(const Scene& scene) {
    if (!scene.ground) return {"abstract"};
    std::vector<std::string> tags;
    if (scene.bird || scene.shapes.size() == 1) tags.emplace_back("solo");
    if (scene.shapes.size() == 2) tags.emplace_back("duo");
    for (const auto& each : scene.shapes) {
        const std::string shape(name_of(each.shape));
        if (tags.back() != shape) tags.push_back(shape);
    }
    for (const auto& each : scene.shapes)
        tags.push_back(std::string(name_of(each.hue)) + "_" + std::string(name_of(each.shape)));
    if (scene.bird) add_bird_tags(tags, *scene.bird);
    const std::string ground(name_of(*scene.ground));
    if (static_cast<std::int64_t>(*scene.ground) < tiny_base::kHues) {
        tags.emplace_back("simple_background");
        tags.push_back(ground + "_background");
    } else {
        tags.emplace_back("outdoors");
        tags.push_back(ground);
    }
    return tags;
}

}  // namespace lorikeet::tiny_tagger
