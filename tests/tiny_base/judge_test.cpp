#include "judge.hpp"

#include <gtest/gtest.h>

#include "drawing.hpp"
#include "exam.hpp"

namespace lorikeet::tiny_base {
namespace {

TEST(Judge, ReadsAlmostEveryCleanDrawingRightly) {
    const auto score = measure_judge(300, nullptr);
    EXPECT_GE(score.all, 0.97);
    EXPECT_GE(score.overlap, 0.9);
}

TEST(Judge, SeesNoShapeOnAnEmptyGround) {
    const Judge judge;
    for (const auto ground : {Ground::Blue, Ground::Night, Ground::Sunset}) {
        Canvas canvas(kSizePx);
        draw_ground(canvas, ground, 3);
        const auto verdict = judge.look(canvas.image());
        EXPECT_EQ(verdict.shape, std::nullopt) << name_of(ground);
        EXPECT_EQ(verdict.ground, ground);
    }
}

TEST(Judge, SeesNoShapeInABlotch) {
    Canvas canvas(kSizePx);
    draw_ground(canvas, Ground::White, 0);
    for (const Point middle : {Point{0.3F, 0.3F}, Point{0.6F, 0.4F}, Point{0.7F, 0.8F}, Point{0.5F, 0.55F}})
        canvas.draw(
            [&](Point at) {
                return ellipse_distance(at, middle, {0.25F, 0.07F}, 0.8F);
            },
            colour_of(Hue::Red));
    EXPECT_EQ(Judge().look(canvas.image()).shape, std::nullopt);
}

TEST(Judge, RefusesImagesOfAnotherSize) { EXPECT_ANY_THROW(Judge().look(Canvas(32).image())); }

TEST(Score, CountsAThingOnlyWhenAllThreeAreRight) {
    const Thing wanted{Shape::Star, Hue::Red, Ground::White};
    const Verdict right{Shape::Star, Hue::Red, Ground::White, 1};
    const Verdict wrong_hue{Shape::Star, Hue::Pink, Ground::White, 1};
    const auto score = score_of({wanted, wanted}, {right, wrong_hue});
    EXPECT_EQ(score.shape, 1.0);
    EXPECT_EQ(score.hue, 0.5);
    EXPECT_EQ(score.all, 0.5);
}

}  // namespace
}  // namespace lorikeet::tiny_base
