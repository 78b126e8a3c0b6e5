#include "nn/transformer_block.hpp"

#include <gtest/gtest.h>

#include "nn/unet_part.hpp"

namespace lorikeet::nn {

TEST(ImageTransformerGolden, IsThatOfDiffusersForwardAndBackward) {
    UnetPart part("transformer", ImageTransformer({{8, 6, 2}, 4, 2}));
    const auto image = part.input(0), words = part.input(1);
    part.expect_result(part.layer(image, words), 2);
}

TEST(ImageTransformer, AnnouncesTheLayersThatKohyaTrains) {
    struct CountLayers : Visitor {
        void weight(const std::string&, at::Tensor&, at::IntArrayRef) override {}
        void layer(const std::string&, Linear&) override { linears += part() == BlockKind::Transformer; }
        void layer(const std::string&, Conv2d&) override { convs += part() == BlockKind::Transformer; }
        int linears = 0;
        int convs = 0;
    } count;
    ImageTransformer transformer({{8, 6, 2}, 4, 1});
    transformer.visit(count, "1");
    EXPECT_EQ(count.linears, 10);
    EXPECT_EQ(count.convs, 2);
}

// The same sum in two forms; only their shapes in files differ.
TEST(ImageTransformer, ALayerOverTheTokensIsTheConvolutionOfTheImage) {
    const auto by_conv = with_random_weights(ImageTransformer({{8, 6, 2}, 4, 1, Projection::Conv}));
    ImageTransformer by_linear({{8, 6, 2}, 4, 1, Projection::Linear});
    CollectWeights weights;
    ImageTransformer(by_conv).visit(weights, "t");
    LoadWeights load(
        [&](const std::string& path) {
            const auto& weight = weights.tensors.at(path);
            return weight.dim() == 4 ? weight.flatten(1) : weight;
        },
        at::kFloat);
    by_linear.visit(load, "t");
    load.finish();
    const auto x = at::randn({2, 8, 3, 5}), context = at::randn({2, 4, 6});
    const auto wanted = by_conv(x, context);
    EXPECT_EQ(wanted.sizes(), x.sizes());
    EXPECT_TRUE(at::allclose(by_linear(x, context), wanted, 1e-4, 1e-5));
}

TEST(ImageTransformer, IsAddedToTheImage) {
    auto transformer = with_random_weights(ImageTransformer({{8, 6, 2}, 4, 2}));
    auto& out = std::get<Conv2d>(transformer.proj_out);
    out.weight = at::zeros_like(out.weight);
    out.bias = at::zeros_like(out.bias);
    const auto x = at::randn({1, 8, 2, 3});
    EXPECT_TRUE(at::equal(transformer(x, at::randn({1, 4, 6})), x));
}

TEST(TransformerBlock, PixelsSeeEachOtherThenTheTextThenThemselves) {
    const auto block = with_random_weights(TransformerBlock({8, 6, 2}));
    const auto x = at::randn({2, 5, 8}), context = at::randn({2, 4, 6});
    const auto first = x + block.attn1(block.norm1(x), block.norm1(x));
    const auto second = first + block.attn2(block.norm2(first), context);
    EXPECT_TRUE(
        at::allclose(block(x, context), second + block.feed_forward(block.norm3(second)), 1e-5, 1e-6));
}

TEST(GatedFeedForward, IsAValueTimesTheGeluOfItsGate) {
    const auto layer = with_random_weights(GatedFeedForward(3));
    EXPECT_EQ(layer.expand.out, 24);  // four times as wide, twice
    EXPECT_EQ(layer.shrink.in, 12);
    const auto x = at::randn({2, 5, 3});
    const auto both = at::matmul(x, layer.expand.weight.t()) + layer.expand.bias;
    const auto value = both.narrow(2, 0, 12), gate = both.narrow(2, 12, 12);
    const auto inner = value * gate * 0.5 * (1 + at::erf(gate / std::sqrt(2.0)));
    const auto wanted = at::matmul(inner, layer.shrink.weight.t()) + layer.shrink.bias;
    EXPECT_TRUE(at::allclose(layer(x), wanted, 1e-4, 1e-5));
}

}  // namespace lorikeet::nn
