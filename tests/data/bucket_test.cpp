#include "data/bucket.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::data {

namespace {

BucketRules square(std::int64_t side, std::int64_t min, std::int64_t max, std::int64_t step = 64) {
    return {.area_of = {side, side}, .min_px = min, .max_px = max, .step_px = step};
}

// The list of one orientation, both sides of which the whole list holds.
std::vector<Size> with_transposes(std::vector<Size> sizes) {
    const auto count = sizes.size();
    for (std::size_t i = 0; i < count; ++i) sizes.push_back({sizes[i].height_px, sizes[i].width_px});
    std::sort(sizes.begin(), sizes.end(), [](Size a, Size b) {
        return a.width_px != b.width_px ? a.width_px < b.width_px : a.height_px < b.height_px;
    });
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    return sizes;
}

struct Chosen {
    Size image, bucket, resized;
};

}  // namespace

// From sd-scripts 48d368f, make_bucket_resolutions.
TEST(Buckets, AreAsManyAsTheReferenceMakes) {
    EXPECT_EQ(Buckets(square(512, 256, 1024)).sizes().size(), 17U);
    EXPECT_EQ(Buckets(square(768, 256, 1024)).sizes().size(), 19U);
    EXPECT_EQ(Buckets(square(1024, 256, 1024)).sizes().size(), 25U);
    EXPECT_EQ(Buckets(square(1024, 512, 2048)).sizes().size(), 33U);
    EXPECT_EQ(Buckets(square(1024, 256, 2048)).sizes().size(), 41U);
    EXPECT_EQ(Buckets(square(1024, 256, 2048, 32)).sizes().size(), 81U);
}

TEST(Buckets, AreThoseOfTheReference) {
    EXPECT_EQ(Buckets(square(512, 256, 1024)).sizes(), with_transposes({{256, 832},
                                                                        {256, 896},
                                                                        {256, 960},
                                                                        {256, 1024},
                                                                        {320, 704},
                                                                        {320, 768},
                                                                        {384, 640},
                                                                        {448, 576},
                                                                        {512, 512}}));
    EXPECT_EQ(Buckets(square(1024, 256, 2048)).sizes(),
              with_transposes({{256, 2048}, {320, 2048}, {384, 2048}, {448, 2048}, {512, 1856}, {512, 1920},
                               {512, 1984}, {512, 2048}, {576, 1664}, {576, 1728}, {576, 1792}, {640, 1536},
                               {640, 1600}, {704, 1408}, {704, 1472}, {768, 1280}, {768, 1344}, {832, 1216},
                               {896, 1152}, {960, 1088}, {1024, 1024}}));
}

// From sd-scripts 48d368f, BucketManager.select_bucket.
TEST(Buckets, AnImageGetsTheOneOfTheReference) {
    const Buckets sdxl(square(1024, 256, 2048)), sd(square(512, 256, 1024));
    const std::vector<Chosen> large = {
        {{1920, 1080}, {1344, 768}, {1365, 768}}, {{1080, 1920}, {768, 1344}, {768, 1365}},
        {{3000, 500}, {2048, 320}, {2048, 341}},  {{640, 480}, {1152, 896}, {1195, 896}},
        {{4000, 3000}, {1152, 896}, {1195, 896}}, {{801, 1203}, {832, 1216}, {832, 1250}},
        {{333, 777}, {640, 1536}, {658, 1536}},   {{1344, 768}, {1344, 768}, {1344, 768}}};
    for (const auto& row : large)
        EXPECT_EQ(sdxl.crop_of(row.image), (Crop{row.image, row.resized, row.bucket})) << row.image.width_px;
    const std::vector<Chosen> small = {{{801, 1203}, {384, 640}, {426, 640}},
                                       {{1216, 832}, {576, 448}, {655, 448}},
                                       {{3000, 500}, {1024, 256}, {1536, 256}}};
    for (const auto& row : small)
        EXPECT_EQ(sd.crop_of(row.image), (Crop{row.image, row.resized, row.bucket})) << row.image.width_px;
}

TEST(Buckets, WithoutUpscalingAnImageKeepsItsSizeOrShrinksAsInTheReference) {
    auto rules = square(1024, 256, 2048);
    rules.upscale = false;
    const Buckets buckets(rules);
    const std::vector<Chosen> rows = {{{640, 480}, {640, 448}, {640, 480}},
                                      {{1000, 1000}, {960, 960}, {1000, 1000}},
                                      {{801, 1203}, {768, 1152}, {801, 1203}},
                                      {{4000, 3000}, {1088, 832}, {1109, 832}},
                                      {{3000, 500}, {2304, 384}, {2304, 384}},
                                      // by height, which is the nearer by a little
                                      {{2667, 1694}, {1152, 768}, {1209, 768}},
                                      {{3218, 3129}, {960, 960}, {987, 960}},
                                      {{1650, 2356}, {832, 1216}, {852, 1216}}};
    for (const auto& row : rows)
        EXPECT_EQ(buckets.crop_of(row.image), (Crop{row.image, row.resized, row.bucket}))
            << row.image.width_px;
}

// The reference ends in a bucket of nothing.
TEST(Buckets, WithoutUpscalingAnImageSmallerThanAStepIsEnlargedToIt) {
    auto rules = square(512, 256, 1024);
    rules.upscale = false;
    EXPECT_EQ(Buckets(rules).crop_of({50, 40}), (Crop{{50, 40}, {80, 64}, {64, 64}}));
    EXPECT_EQ(Buckets(rules).crop_of({200, 40}), (Crop{{200, 40}, {320, 64}, {192, 64}}));
}

// Every image of any shape: inside the limits, no larger than the area, whole steps, and covered by the resized image.
TEST(Buckets, KeepTheirPromisesForAnyImage) {
    for (const bool upscale : {true, false}) {
        auto rules = square(512, 256, 1024);
        rules.upscale = upscale;
        const Buckets buckets(rules);
        for (std::int64_t width = 1; width < 4000; width += 97)
            for (std::int64_t height = 1; height < 4000; height += 89) {
                const auto crop = buckets.crop_of({width, height});
                const auto [w, h] = crop.size;
                ASSERT_TRUE(w % 64 == 0 && h % 64 == 0 && w > 0 && h > 0) << width << " x " << height;
                ASSERT_TRUE(crop.resized.width_px >= w && crop.resized.height_px >= h)
                    << width << " x " << height;
                if (!upscale) continue;
                ASSERT_LE(w * h, 512 * 512);
                ASSERT_TRUE(std::min(w, h) >= 256 && std::max(w, h) <= 1024);
            }
    }
}

TEST(Buckets, LimitsThatLeaveNoSizeAreRefused) {
    try {
        (void)Buckets(square(32, 32, 128));
        FAIL() << "accepted";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::InvalidInput);
        EXPECT_NE(std::string(error.hint()).find("data.bucket_step"), std::string::npos);
    }
}

TEST(JobCrops, AFolderCanHaveAResolutionOfItsOwn) {
    settings::Data data;
    data.subsets.resize(2);
    data.resolution = {512};
    data.bucket_step = 64;
    data.subsets[1].resolution = {256};
    const JobCrops crops(data);
    EXPECT_EQ(crops.of({800, 800}, 0).size, (Size{512, 512}));
    EXPECT_EQ(crops.of({800, 800}, 1).size, (Size{256, 256}));
    EXPECT_EQ(crops.of({1600, 400}, 1).size, (Size{512, 128}));  // half and twice its own side
    data.buckets = false;
    EXPECT_EQ(JobCrops(data).of({1600, 400}, 0).size, (Size{512, 512}));
}

}  // namespace lorikeet::data
