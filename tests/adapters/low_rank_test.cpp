#include "adapters/low_rank.hpp"

#include <gtest/gtest.h>

namespace lorikeet::adapters {
namespace {

// Numbers of a layer with its two factors; rows are tokens, or pixels of all images.
struct SmallLayer {
    static constexpr std::int64_t kIn = 5, kOut = 7, kRank = 3;
    at::Tensor x = at::randn({2, 4, kIn}), y = at::randn({2, 4, kOut});
    at::Tensor down = at::randn({kRank, kIn}).requires_grad_(),
               up = at::randn({kOut, kRank}).requires_grad_();
    at::Tensor mask = at::rand({8, kRank}).gt(0.3).to(at::kFloat) / 0.7;

    LowRank factors(const at::Tensor& given_mask = {}) const { return {down, up, 1.5, given_mask}; }
    // y + scale * B (mask * A x), every row by itself.
    at::Tensor formula(const at::Tensor& rows, const at::Tensor& sums,
                       const at::Tensor& given_mask = {}) const {
        auto hidden = at::mm(rows.reshape({-1, kIn}), down.t());
        if (given_mask.defined()) hidden = hidden * given_mask;
        return sums + (1.5 * at::mm(hidden, up.t())).view(sums.sizes());
    }
    // The gradients of both factors, and forgets them.
    std::pair<at::Tensor, at::Tensor> taken_gradients() const {
        const std::pair both{down.grad(), up.grad()};
        down.mutable_grad().reset();
        up.mutable_grad().reset();
        return both;
    }
};

at::Tensor pull(const at::Tensor& result) {
    return (result * at::linspace(-1, 1, result.numel()).view(result.sizes())).sum();
}

}  // namespace

TEST(LowRank, IsTheFormulaAndItsGradientsWithAMaskAndWithout) {
    const SmallLayer layer;
    for (const auto& mask : {at::Tensor(), layer.mask}) {
        auto x = layer.x.clone().requires_grad_(), wanted_x = layer.x.clone().requires_grad_();
        const auto result = add_low_rank(x, layer.y.clone(), layer.factors(mask), Layout::FeaturesLast);
        pull(result).backward();
        const auto own = layer.taken_gradients();
        const auto wanted = layer.formula(wanted_x, layer.y, mask);
        pull(wanted).backward();
        const auto plain = layer.taken_gradients();
        EXPECT_TRUE(at::allclose(result, wanted, 1e-5, 1e-5));
        EXPECT_TRUE(at::allclose(x.grad(), wanted_x.grad(), 1e-5, 1e-5));
        EXPECT_TRUE(at::allclose(own.first, plain.first, 1e-5, 1e-5));
        EXPECT_TRUE(at::allclose(own.second, plain.second, 1e-5, 1e-5));
    }
}

// Rows of a mask are the pixels of the whole batch, image after image, in whatever order the planes lie.
TEST(LowRank, AnImagesPixelsAreItsRowsInEitherOrderOfMemory) {
    const SmallLayer layer;
    const auto image = [](const at::Tensor& rows) { return rows.view({2, 2, 2, -1}).permute({0, 3, 1, 2}); };
    const auto wanted = image(layer.formula(layer.x, layer.y, layer.mask));
    for (const auto format : {at::MemoryFormat::Contiguous, at::MemoryFormat::ChannelsLast}) {
        const auto x = image(layer.x).contiguous(format), y = image(layer.y).contiguous(format).clone();
        const auto result = add_low_rank(x, y, layer.factors(layer.mask), Layout::Planes);
        EXPECT_TRUE(at::allclose(result, wanted, 1e-5, 1e-5));
    }
}

// No copy of what a layer made: on hundreds of layers that is memory.
TEST(LowRank, TheSumLiesWhereTheLayersResultLay) {
    const SmallLayer layer;
    const auto y = layer.y.clone();
    const auto result = add_low_rank(layer.x, y, layer.factors(), Layout::FeaturesLast);
    EXPECT_EQ(result.const_data_ptr(), y.const_data_ptr());
    EXPECT_FALSE(at::allclose(y, layer.y));
    EXPECT_TRUE(result.requires_grad());
}

TEST(LowRank, ComputesInTheLayersDtypeAndGivesGradientsInThatOfTheFactors) {
    const SmallLayer layer;
    auto x = layer.x.clone().requires_grad_();
    const auto result = add_low_rank(x, layer.y.to(at::kBFloat16), layer.factors(), Layout::FeaturesLast);
    EXPECT_EQ(result.scalar_type(), at::kBFloat16);
    EXPECT_TRUE(at::allclose(result.to(at::kFloat), layer.formula(layer.x, layer.y), 0.05, 0.1));
    pull(result.to(at::kFloat)).backward();
    EXPECT_EQ(layer.down.grad().scalar_type(), at::kFloat);
    EXPECT_EQ(layer.up.grad().scalar_type(), at::kFloat);
    EXPECT_EQ(x.grad().scalar_type(), at::kFloat);
}

// Casts that somebody has already are taken, where they are of the dtype that is computed in.
TEST(LowRank, FactorsThatWereCastAreNotCastAgain) {
    const SmallLayer layer;
    auto factors = layer.factors();
    factors.down_cast = layer.down.detach().to(at::kBFloat16);
    factors.up_cast = at::zeros_like(layer.up).to(at::kBFloat16);  // to be told from the factor itself
    const auto half = layer.y.to(at::kBFloat16);
    EXPECT_TRUE(at::equal(add_low_rank(layer.x, half.clone(), factors, Layout::FeaturesLast), half));
    const auto in_float = add_low_rank(layer.x, layer.y.clone(), factors, Layout::FeaturesLast);
    EXPECT_TRUE(at::allclose(in_float, layer.formula(layer.x, layer.y), 1e-5, 1e-5)) << "of another dtype";
}

TEST(LowRank, OnlyWhatIsTrainedHasAGradient) {
    const SmallLayer layer;
    auto factors = layer.factors();
    factors.down = layer.down.detach();
    pull(add_low_rank(layer.x, layer.y.clone(), factors, Layout::FeaturesLast)).backward();
    EXPECT_FALSE(layer.down.grad().defined());
    EXPECT_TRUE(layer.up.grad().defined());
    EXPECT_FALSE(layer.x.grad().defined());
}

TEST(LowRank, WithItsLayerItHasTheDtypeOfTheWeightsAndTheGradientThatOfTheInput) {
    const SmallLayer layer;
    nn::Linear linear(SmallLayer::kIn, SmallLayer::kOut);
    linear.weight = at::randn({SmallLayer::kOut, SmallLayer::kIn}).to(at::kBFloat16);
    linear.bias = at::randn({SmallLayer::kOut}).to(at::kBFloat16);
    auto x = layer.x.clone().requires_grad_();
    const auto result = linear_with_low_rank(x, linear, layer.factors());
    EXPECT_EQ(result.scalar_type(), at::kBFloat16);
    EXPECT_EQ(result.sizes(), layer.y.sizes());
    const auto alone = at::linear(layer.x, linear.weight.to(at::kFloat), linear.bias.to(at::kFloat));
    EXPECT_TRUE(at::allclose(result.to(at::kFloat), layer.formula(layer.x, alone), 0.05, 0.15));
    pull(result.to(at::kFloat)).backward();
    EXPECT_EQ(x.grad().scalar_type(), at::kFloat);
    EXPECT_EQ(layer.down.grad().scalar_type(), at::kFloat);
    EXPECT_FALSE(linear.weight.grad().defined());
}

}  // namespace lorikeet::adapters
