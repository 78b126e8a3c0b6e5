#include "data/variants.hpp"

#include <set>

#include <gtest/gtest.h>

#include "support/golden.hpp"

namespace lorikeet::data {
namespace {

constexpr Size kPhoto{1000, 800};

}  // namespace

TEST(Face, IsTheLastFourNumbersOfAName) {
    EXPECT_EQ(face_in_name("anna_320_240_96_110.png", kPhoto), (Face{320, 240, 96, 110}));
    EXPECT_EQ(face_in_name("/a_b/anna_maria_320_240_96_110.jpg", kPhoto), (Face{320, 240, 96, 110}));
    for (const auto* name :
         {"320_240_96_110.png", "anna.png", "anna_320_240_96.png", "anna_320_240_96_x.png",
          "anna_320_240_96_110a.png", "anna_0_240_96_110.png", "anna_320_240_0_110.png",
          "anna_1000_240_96_110.png", "anna_320_800_96_110.png", "anna_320_240_96_-110.png",
          "anna_99999999999999999999_1_1_1.png", "anna____.png", "anna_320_240_96_900.png"})
        EXPECT_EQ(face_in_name(name, kPhoto), std::nullopt) << name;
}

TEST(Variants, AFolderSaysMoreThanData) {
    settings::Data data;
    settings::Subset subset;
    EXPECT_FALSE(variants_of(data, subset).varies() || variants_of(data, subset).masked());
    data.random_crop = data.vary_colours = data.alpha_mask = true;
    data.face_crop = {2, 4};
    auto own = variants_of(data, subset);
    EXPECT_TRUE(own.random_crop && own.vary_colours && own.alpha_mask && own.varies() && own.masked());
    EXPECT_EQ(own.face_crop, (std::vector<double>{2, 4}));
    subset.random_crop = subset.vary_colours = subset.alpha_mask = false;
    subset.face_crop = {3};
    own = variants_of(data, subset);
    EXPECT_FALSE(own.random_crop || own.vary_colours || own.alpha_mask);
    EXPECT_EQ(own.face_crop, std::vector<double>{3});
    subset.alpha_mask.reset();
    subset.mask_folder = "masks";
    own = variants_of(data, subset);
    EXPECT_FALSE(own.alpha_mask);  // that of the folder wins
    EXPECT_TRUE(own.masked());
}

TEST(CropAnywhere, ReachesEveryPlaceAndNoOther) {
    const Crop usual{{20, 20}, {11, 8}, {8, 8}};
    std::set<std::int64_t> lefts;
    for (int i = 0; i < 100; ++i) {
        const auto crop = crop_anywhere(usual, [i] { return i / 100.0; });
        EXPECT_EQ(crop.size, usual.size);
        ASSERT_TRUE(crop.at);
        EXPECT_EQ(crop.at->top_px, 0);
        lefts.insert(crop.at->left_px);
    }
    EXPECT_EQ(lefts, (std::set<std::int64_t>{0, 1, 2, 3}));
}

TEST(CropRoundGolden, IsThatOfTheReferenceForTheSameDraws) {
    const auto file = support::golden("face_crop");
    for (int c = 0; c < 7; ++c) {
        const auto name = std::to_string(c);
        const auto given = file.get(name + ".given").cpu(), range = file.get(name + ".range").cpu();
        const auto crops = file.get(name + ".crops").cpu(), draws = file.get(name + ".draws").cpu();
        const auto number = [&](int i) { return given[i].item<std::int64_t>(); };
        const FaceCrop wish{{number(4), number(5), number(6), number(7)},
                            range[0].item<double>(),
                            range[1].item<double>(),
                            number(8) != 0};
        for (std::int64_t i = 0; i < crops.size(0); ++i) {
            std::int64_t next = 0;
            const auto crop = crop_round(wish, {number(0), number(1)}, {number(2), number(3)},
                                         [&] { return draws[i][next++].item<double>(); });
            ASSERT_TRUE(crop.at);
            const auto wanted = crops[i];
            EXPECT_EQ(crop.resized, (Size{wanted[0].item<std::int64_t>(), wanted[1].item<std::int64_t>()}))
                << name << " " << i;
            EXPECT_EQ(*crop.at, (Corner{wanted[2].item<std::int64_t>(), wanted[3].item<std::int64_t>()}))
                << name << " " << i;
        }
    }
}

// The reference stops there; it is enlarged as any other.
TEST(CropRound, AnImageSmallerThanTheCropIsEnlargedToIt) {
    const auto crop = crop_round({{20, 20, 10, 10}, 2, 4}, {40, 60}, {64, 64}, [] { return 0.9; });
    EXPECT_EQ(crop.resized, (Size{64, 96}));
    EXPECT_GE(crop.at->top_px, 0);
    EXPECT_LE(crop.at->top_px, 32);
    const auto same = crop_round({{20, 20, 10, 10}, 2, 4}, {64, 64}, {64, 64}, [] { return 0.9; });
    EXPECT_EQ(same.resized, (Size{64, 64}));
}

}  // namespace lorikeet::data
