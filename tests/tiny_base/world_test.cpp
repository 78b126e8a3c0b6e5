#include "world.hpp"

#include <set>

#include <gtest/gtest.h>

#include "bird.hpp"
#include "captions.hpp"
#include "drawing.hpp"

namespace lorikeet::tiny_base {
namespace {

TEST(World, HasNoThingThatVanishesOnItsGround) {
    for (const auto& thing : every_thing()) {
        Canvas empty(kSizePx);
        draw_ground(empty, thing.ground, 0);
        EXPECT_GT(distance(empty.at(32, 32), colour_of(thing.hue)), 0.2F) << caption_of(thing);
    }
}

TEST(World, SaysEveryThingInItsOwnWords) {
    std::set<std::string> captions;
    for (const auto& thing : every_thing()) captions.insert(caption_of(thing));
    EXPECT_EQ(captions.size(), every_thing().size());
    EXPECT_TRUE(captions.contains("an orange heart on a white background"));
    EXPECT_TRUE(captions.contains("a pink star at night"));
}

TEST(World, DrawsTheSameThingTheSameWayAgain) {
    tensor::Draws first(5), second(5);
    const Thing thing{Shape::Ring, Hue::Yellow, Ground::Sky};
    EXPECT_EQ(generate(thing, draw_place(first)).image(), generate(thing, draw_place(second)).image());
}

TEST(Reading, NamesOnlyWhatItsCaptionSays) {
    tensor::Draws draws(1);
    const Thing thing{Shape::Heart, Hue::Blue, Ground::Pink};
    for (int i = 0; i < 50; ++i) {
        const auto reading = i % 2 == 0 ? draw_reading(thing, draws) : draw_strange_reading(thing, draws);
        const auto says = [&](std::string_view word) {
            return reading.caption.find(word) != std::string::npos;
        };
        EXPECT_EQ(reading.shape.has_value(), says("heart")) << reading.caption;
        EXPECT_EQ(reading.hue.has_value(), says("blue")) << reading.caption;
        EXPECT_EQ(reading.ground.has_value(), says("pink")) << reading.caption;
    }
}

TEST(Bird, ComesAsADozenUnlikeImages) {
    std::vector<io::Image> images;
    for (const auto& portrait : demo_portraits()) {
        images.push_back(draw_bird(portrait, kSizePx).image());
        EXPECT_TRUE(caption_of(portrait).starts_with("a lorikeet ")) << caption_of(portrait);
    }
    ASSERT_EQ(images.size(), 12U);
    for (std::size_t i = 0; i < images.size(); ++i)
        for (std::size_t j = 0; j < i; ++j) EXPECT_NE(images[i], images[j]) << i << " and " << j;
}

}  // namespace
}  // namespace lorikeet::tiny_base
