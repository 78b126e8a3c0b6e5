#include "data/size_hint.hpp"

#include <gtest/gtest.h>

namespace lorikeet::data {

namespace {

struct Row {
    Size image, target;
    Cut kohya, exact;  // top, left
};

// From sd-scripts 48d368f: get_crop_ltrb, and where trim_and_resize_if_required really cuts.
const std::vector<Row> kRows = {
    {{1920, 1080}, {1344, 768}, {6, 0}, {0, 10}}, {{1080, 1920}, {768, 1344}, {0, 6}, {10, 0}},
    {{3000, 500}, {2048, 320}, {0, 64}, {10, 0}}, {{640, 480}, {1152, 896}, {16, 0}, {0, 21}},
    {{801, 1203}, {832, 1216}, {0, 11}, {17, 0}}, {{333, 777}, {640, 1536}, {21, 0}, {0, 9}},
    {{801, 1203}, {384, 640}, {31, 0}, {0, 21}},  {{1216, 832}, {576, 448}, {26, 0}, {0, 39}},
    {{3000, 500}, {1024, 256}, {42, 0}, {0, 256}}};

}  // namespace

TEST(SizeHint, TellsWhereAnImageWasCutOrWhatKohyaTellsInstead) {
    for (const auto& row : kRows) {
        const auto name = std::to_string(row.image.width_px) + " to " + std::to_string(row.target.width_px);
        EXPECT_EQ(cut_of(crop_to(row.image, row.target), Mirrored::No, settings::CropHint::Kohya), row.kohya)
            << name;
        EXPECT_EQ(cut_of(crop_to(row.image, row.target), Mirrored::No, settings::CropHint::Exact), row.exact)
            << name;
    }
}

TEST(SizeHint, OfAMirroredImageCountsFromItsOtherSide) {
    // 1365 px wide, 21 cut off: 10 on the left and 11 on the right.
    const auto exact = cut_of(crop_to({1920, 1080}, {1344, 768}), Mirrored::Yes, settings::CropHint::Exact);
    EXPECT_EQ(exact, (Cut{0, 11}));
    // 1216 / 1203 * 801 = 809.66 of 832 px, the left margin 11: a fraction is left on the other side.
    const auto kohya = cut_of(crop_to({801, 1203}, {832, 1216}), Mirrored::Yes, settings::CropHint::Kohya);
    EXPECT_NEAR(kohya.left_px, 832 - (11 + 1216 * 801.0 / 1203), 1e-9);
}

// sd-scripts tells the same margins wherever a random crop was cut.
TEST(SizeHint, OfACropFromElsewhereIsWhereItWasCut) {
    auto crop = crop_to({1920, 1080}, {1344, 768});
    const auto kohya = cut_of(crop, Mirrored::No, settings::CropHint::Kohya);
    crop.at = Corner{3, 0};
    EXPECT_EQ(cut_of(crop, Mirrored::No, settings::CropHint::Exact), (Cut{0, 3}));
    EXPECT_EQ(cut_of(crop, Mirrored::Yes, settings::CropHint::Exact), (Cut{0, 18}));
    EXPECT_EQ(cut_of(crop, Mirrored::No, settings::CropHint::Kohya), kohya);
}

TEST(SizeHint, ARowIsHeightBeforeWidthAndTopBeforeLeft) {
    const auto row = size_hint(crop_to({1920, 1080}, {1344, 768}), {1, 2});
    EXPECT_TRUE(at::equal(row, at::tensor({1080.0, 1920.0, 1.0, 2.0, 768.0, 1344.0}, at::kFloat)));
}

}  // namespace lorikeet::data
