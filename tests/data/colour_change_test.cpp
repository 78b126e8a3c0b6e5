#include "data/colour_change.hpp"

#include <cmath>
#include <cstdlib>
#include <map>

#include <gtest/gtest.h>

#include "support/golden.hpp"

namespace lorikeet::data {
namespace {

io::Image coloured(const at::Tensor& bytes) {
    const auto t = bytes.cpu().contiguous();
    const auto* first = t.const_data_ptr<std::uint8_t>();
    return {t.size(1), t.size(0), {first, first + t.numel()}};
}

}  // namespace

TEST(ColourChangeGolden, HueAndGammaAreThoseOfOpenCvAndNumPyByteForByte) {
    const auto file = support::golden("colour_change");
    const auto image = coloured(file.get("image"));
    const auto hues = file.get("hues").cpu(), gammas = file.get("gammas").cpu();
    for (std::int64_t i = 0; i < hues.size(0); ++i) {
        auto turned = image;
        change_colours(turned, {ColourChange::Kind::Hue, hues[i].item<double>()});
        EXPECT_EQ(turned, coloured(file.get("hue." + std::to_string(i)))) << hues[i].item<double>();
        const auto wide = coloured(file.get("hue.wide." + std::to_string(i)));
        for (std::size_t k = 0; k < wide.rgb.size(); ++k)
            ASSERT_LE(std::abs(turned.rgb[k] - wide.rgb[k]), 1) << k;
    }
    for (std::int64_t i = 0; i < gammas.size(0); ++i) {
        auto lit = image;
        change_colours(lit, {ColourChange::Kind::Gamma, gammas[i].item<double>()});
        EXPECT_EQ(lit, coloured(file.get("gamma." + std::to_string(i)))) << gammas[i].item<double>();
    }
}

// Of 30,000 draws: a third change, half of those the hue; 5 standard deviations are below 0.015.
TEST(ColourChange, IsDrawnAThirdOfTheTimeHueAndGammaAlike) {
    using Kind = ColourChange::Kind;
    tensor::Draws draws(4);
    std::map<Kind, double> share;
    constexpr int kTimes = 30'000;
    for (int i = 0; i < kTimes; ++i) {
        const auto change = draw_colour_change(draws);
        share[change.kind] += 1.0 / kTimes;
        EXPECT_LE(std::abs(change.amount), 8);
        EXPECT_TRUE(change.kind != Kind::Gamma || std::abs(change.amount - 1) <= 0.05) << change.amount;
    }
    EXPECT_NEAR(share[Kind::None], 0.67, 0.015);
    EXPECT_NEAR(share[Kind::Hue], 0.165, 0.015);
    EXPECT_NEAR(share[Kind::Gamma], 0.165, 0.015);
}

TEST(ColourChange, NoneLeavesEveryByte) {
    const io::Image image{2, 1, {1, 2, 3, 250, 251, 252}};
    auto same = image;
    change_colours(same, {});
    EXPECT_EQ(same, image);
}

}  // namespace lorikeet::data
