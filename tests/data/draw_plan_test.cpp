#include "data/draw_plan.hpp"

#include <algorithm>
#include <map>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {
namespace {

struct Case {
    std::vector<std::int64_t> repeats;
    std::int64_t batch;
    std::uint64_t seed;
};

DrawPlan plan_of(const std::vector<std::int64_t>& repeats, std::int64_t batch, std::uint64_t seed,
                 const std::vector<std::int64_t>& widths = {64}) {
    std::vector<PlannedImage> images;
    for (std::size_t i = 0; i < repeats.size(); ++i)
        images.push_back({repeats[i], crop_to({64, 64}, {widths[i % widths.size()], 64}), i % 2 == 1});
    return {std::move(images), batch, seed};
}

std::vector<std::size_t> images_of(const std::vector<Draw>& draws) {
    std::vector<std::size_t> images;
    for (const auto& draw : draws) images.push_back(draw.image);
    return images;
}

Case random_case(std::uint64_t seed) {
    tensor::Draws draws(seed);
    Case c{{}, 1 + static_cast<std::int64_t>(draws.below(5)), draws.bits()};
    for (auto n = 1 + draws.below(12); n > 0; --n)
        c.repeats.push_back(1 + static_cast<std::int64_t>(draws.below(4)));
    return c;
}

}  // namespace

TEST(DrawPlan, EveryImageIsShownAsOftenAsItIsRepeated) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const auto c = random_case(seed);
        const auto order = plan_of(c.repeats, c.batch, c.seed);
        std::map<std::size_t, std::int64_t> shown;
        std::int64_t place = 0;
        for (std::int64_t i = 0; i < order.batches_per_epoch(); ++i)
            for (const auto& draw : order.batch(3, i)) {
                ++shown[draw.image];
                EXPECT_EQ(draw.place, place++) << "seed " << seed;
            }
        EXPECT_EQ(place, order.draws_per_epoch());
        for (std::size_t p = 0; p < c.repeats.size(); ++p)
            EXPECT_EQ(shown[p], c.repeats[p]) << "seed " << seed;
    }
}

TEST(DrawPlan, AnyPlaceCanBeAskedInAnySequence) {
    const auto forward = plan_of({1, 2, 3, 4}, 3, 7), backward = plan_of({1, 2, 3, 4}, 3, 7);
    std::vector<std::vector<Draw>> there, back;
    for (std::int64_t i = 0; i < 4; ++i) there.push_back(forward.batch(5, i));
    for (std::int64_t i = 3; i >= 0; --i) back.push_back(backward.batch(5, i));
    std::reverse(back.begin(), back.end());
    EXPECT_EQ(there, back);
    EXPECT_EQ(there.back().size(), 1U);  // 10 = 3 + 3 + 3 + 1
}

TEST(DrawPlan, EpochsAndSeedsDiffer) {
    const std::vector<std::int64_t> repeats(20, 1);
    EXPECT_NE(images_of(plan_of(repeats, 1, 1).epoch(0)), images_of(plan_of(repeats, 1, 1).epoch(1)));
    EXPECT_NE(images_of(plan_of(repeats, 1, 1).epoch(0)), images_of(plan_of(repeats, 1, 2).epoch(0)));
    EXPECT_EQ(images_of(plan_of(repeats, 1, 1).epoch(4)), images_of(plan_of(repeats, 5, 1).epoch(4)));
}

// Each of 4 images is first about as often as the others: 4 standard deviations of 1000 draws at 1/4.
TEST(DrawPlan, NoImageIsPreferred) {
    std::map<std::size_t, int> first;
    for (std::int64_t epoch = 0; epoch < 1000; ++epoch)
        ++first[plan_of({1, 1, 1, 1}, 1, 5).epoch(epoch).front().image];
    for (std::size_t p = 0; p < 4; ++p) EXPECT_NEAR(first[p], 250, 55);
}

// Of several sizes: each batch is of one, none is missing, and the places are those of the shuffled epoch.
TEST(DrawPlan, ABatchHoldsImagesOfOneSize) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const auto c = random_case(seed);
        const auto plan = plan_of(c.repeats, c.batch, c.seed, {64, 96, 128});
        std::vector<Draw> drawn;
        std::map<std::int64_t, std::int64_t> not_full;
        for (std::int64_t i = 0; i < plan.batches_per_epoch(); ++i) {
            const auto batch = plan.batch(2, i);
            ASSERT_FALSE(batch.empty());
            for (const auto& draw : batch) EXPECT_EQ(draw.size, batch.front().size) << "seed " << seed;
            if (std::ssize(batch) < c.batch) ++not_full[batch.front().size.width_px];
            drawn.insert(drawn.end(), batch.begin(), batch.end());
        }
        for (const auto& [width, count] : not_full) EXPECT_EQ(count, 1) << width;
        std::sort(drawn.begin(), drawn.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
        EXPECT_EQ(drawn, plan.epoch(2)) << "seed " << seed;
        EXPECT_THROW(plan.batch(2, plan.batches_per_epoch()), base::Error);
    }
}

// What grows with time in captions grows within an epoch, not only from one to the next.
TEST(DrawPlan, ADrawOfACaptionKnowsHowFarItsEpochIs) {
    const auto plan = plan_of({1, 3, 4}, 3, 7);
    EXPECT_EQ(plan.caption_draw(0, 0).progress, 0);
    EXPECT_EQ(plan.caption_draw(0, 2).progress, 0.25);
    EXPECT_EQ(plan.caption_draw(2, 4).progress, 2.5);
    EXPECT_EQ(plan.caption_draw(2, 4).epoch, 2) << "what is drawn is another in each epoch";
    EXPECT_EQ(plan.caption_draw(2, 4).place, 4);
    EXPECT_EQ(plan.caption_draw(2, 4).seed, 7U);
}

TEST(DrawPlan, TellsTheShapesOfItsBatches) {
    using Shapes = std::vector<DrawPlan::BatchShape>;
    EXPECT_EQ(plan_of({1, 2, 3, 4}, 3, 7).shapes(), (Shapes{{{64, 64}, 3}}));
    EXPECT_EQ(plan_of({1, 1, 4, 0}, 4, 7, {64, 96}).shapes(), (Shapes{{{64, 64}, 4}, {{96, 64}, 1}}));
    EXPECT_TRUE(plan_of({0}, 1, 7).shapes().empty());
}

// Images that flip are mirrored half of the time, by their place alone; others never.
TEST(DrawPlan, MirrorsHalfOfWhatFlips) {
    const std::vector<std::int64_t> repeats(2, 500);
    int mirrored = 0;
    for (const auto& draw : plan_of(repeats, 4, 3).epoch(1)) {
        EXPECT_TRUE(draw.image == 1 || draw.mirrored == Mirrored::No);
        mirrored += draw.mirrored == Mirrored::Yes ? 1 : 0;
    }
    EXPECT_NEAR(mirrored, 250, 45);  // 4 standard deviations of 500 draws at 1/2
    EXPECT_EQ(plan_of(repeats, 4, 3).epoch(1), plan_of(repeats, 7, 3).epoch(1));
}

namespace {

// So many images in each folder.
std::vector<DatasetImage> images_in(const std::vector<std::size_t>& counts) {
    std::vector<DatasetImage> images;
    for (std::size_t subset = 0; subset < counts.size(); ++subset)
        for (std::size_t i = 0; i < counts[subset]; ++i) images.emplace_back().subset = subset;
    for (auto& image : images) image.width_px = image.height_px = 64;
    return images;
}

settings::Data with_regularisation(std::int64_t repeats, std::int64_t of_regularisation) {
    settings::Data data;
    data.subsets.resize(2);
    data.resolution = {64};
    data.bucket_step = 64;
    data.batch = 1;
    data.subsets[0].repeats = repeats;
    data.subsets[1].repeats = of_regularisation;
    data.subsets[1].regularisation = true;
    return data;
}

}  // namespace

// By hand, after sd-scripts 48d368f, DreamBoothDataset.
TEST(Regularisation, ImagesAreShownAsOftenAsTheTrainingImagesInTurn) {
    using Repeats = std::vector<std::int64_t>;
    EXPECT_EQ(repeats_of(images_in({2, 3}), with_regularisation(4, 1)), (Repeats{4, 4, 3, 3, 2}));
    EXPECT_EQ(repeats_of(images_in({2, 3}), with_regularisation(1, 1)), (Repeats{1, 1, 1, 1, 0}));
    EXPECT_EQ(repeats_of(images_in({2, 3}), with_regularisation(4, 5)), (Repeats{4, 4, 5, 5, 0}));
    EXPECT_EQ(repeats_of(images_in({2, 0}), with_regularisation(4, 5)), (Repeats{4, 4}));
    // As the folder says at first; from then on one by one.
    EXPECT_EQ(repeats_of(images_in({2, 2}), with_regularisation(5, 2)), (Repeats{5, 5, 5, 5}));
    EXPECT_EQ(repeats_of(images_in({3, 2}), with_regularisation(3, 2)), (Repeats{3, 3, 3, 5, 4}));
}

TEST(Regularisation, ImagesHaveAWeightOfTheirOwn) {
    auto data = with_regularisation(2, 1);
    EXPECT_FALSE(draw_plan_of(images_in({2, 3}), data, 1).weighs());
    data.regularisation_weight = 0.25;
    const auto plan = draw_plan_of(images_in({2, 3}), data, 1);
    EXPECT_TRUE(plan.weighs());
    EXPECT_EQ(plan.draws_per_epoch(), 8);
    for (const auto& draw : plan.epoch(0)) EXPECT_EQ(draw.weight, draw.image < 2 ? 1 : 0.25);
}

}  // namespace lorikeet::data
