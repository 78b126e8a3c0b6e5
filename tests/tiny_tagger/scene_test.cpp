#include "scene.hpp"

#include <gtest/gtest.h>

#include "example.hpp"

namespace lorikeet::tiny_tagger {
namespace {

using tiny_base::Ground;
using tiny_base::Hue;
using tiny_base::Shape;
using Tags = std::vector<std::string>;

TEST(Scene, IsTaggedByWhatItHolds) {
    const ShapeInScene red_star{Shape::Star, Hue::Red}, blue_star{Shape::Star, Hue::Blue};
    const ShapeInScene pink_ring{Shape::Ring, Hue::Pink};
    EXPECT_EQ(tags_of({.ground = Ground::White, .shapes = {red_star}, .bird = {}}),
              (Tags{"solo", "star", "red_star", "simple_background", "white_background"}));
    EXPECT_EQ(tags_of({.ground = Ground::Night, .shapes = {red_star, pink_ring}, .bird = {}}),
              (Tags{"duo", "star", "ring", "red_star", "pink_ring", "outdoors", "night"}));
    EXPECT_EQ(tags_of({.ground = Ground::White, .shapes = {red_star, blue_star}, .bird = {}}),
              (Tags{"duo", "star", "red_star", "blue_star", "simple_background", "white_background"}));
    EXPECT_EQ(tags_of({.ground = Ground::Sky, .shapes = {}, .bird = {}}), (Tags{"outdoors", "sky"}));
    EXPECT_EQ(tags_of({}), Tags{"abstract"});
}

TEST(Scene, NamesABirdByItsColours) {
    EXPECT_EQ(tags_of({.ground = Ground::Grass, .shapes = {}, .bird = BirdInScene{}}),
              (Tags{"solo", "bird", "blue_head", "red_beak", "orange_breast", "green_wings", "lorikeet",
                    "outdoors", "grass"}));
    const BirdInScene white{
        .kind = Kind::Other, .head = Hue::White, .breast = Hue::White, .wings = Hue::White};
    EXPECT_EQ(tags_of({.ground = Ground::Blue, .shapes = {}, .bird = white}),
              (Tags{"solo", "bird", "white_bird", "white_head", "red_beak", "white_breast", "white_wings",
                    "simple_background", "blue_background"}));
}

TEST(Scene, ShowsTheLorikeetsOfTheDemo) {
    for (const auto& portrait : tiny_base::demo_portraits())
        EXPECT_EQ(image_of(lorikeet_scene(portrait), 64), tiny_base::draw_bird(portrait, 64).image());
}

TEST(Scene, OfOneSeedIsAlwaysTheSame) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const auto first = draw_example(seed, Look::Varied), second = draw_example(seed, Look::Varied);
        EXPECT_EQ(first.image, second.image) << "seed " << seed;
        EXPECT_EQ(tags_of(first.scene), tags_of(second.scene)) << "seed " << seed;
        EXPECT_EQ(tags_of(first.scene), tags_of(draw_example(seed, Look::Plain).scene)) << "seed " << seed;
    }
}

}  // namespace
}  // namespace lorikeet::tiny_tagger
