#include "nn/attention.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "nn/unet_part.hpp"

namespace lorikeet::nn {

TEST(AttentionGolden, IsThatOfDiffusersForwardAndBackward) {
    UnetPart part("attention", Attention({8, 6, 2}));
    const auto tokens = part.input(0), text = part.input(1);
    part.expect_result(part.layer(tokens, text), 2);
}

TEST(Attention, HeadsThatDoNotDivideTheWidthAreABug) { EXPECT_THROW(Attention({10, 10, 3}), std::exception); }

TEST(Attention, CuttingIntoHeadsAndJoiningThemChangesNothing) {
    const auto x = at::randn({2, 5, 12});
    EXPECT_TRUE(at::equal(join_heads(split_heads(x, 3)), x));
}

TEST(Attention, AHeadIsATokensNumbersThatLieTogetherAndIsNotCopied) {
    const auto x = at::arange(2 * 3 * 4, at::kFloat).view({2, 3, 4});
    const auto heads = split_heads(x, 2);
    EXPECT_EQ(heads.sizes(), (at::IntArrayRef{2, 2, 3, 2}));
    EXPECT_EQ(heads.const_data_ptr(), x.const_data_ptr());
    EXPECT_TRUE(at::equal(heads[1][1][2], x[1][2].narrow(0, 2, 2)));
}

// softmax(Q K' / sqrt(d)) V, head after head.
TEST(Attention, IsTheFormulaForEveryHeadByItself) {
    constexpr std::int64_t kHeads = 3, kHeadWidth = 4;
    const auto attention = with_random_weights(Attention({kHeads * kHeadWidth, 5, kHeads}));
    const auto x = at::randn({2, 6, kHeads * kHeadWidth}), context = at::randn({2, 7, 5});
    const auto q = at::matmul(x, attention.to_q.weight.t()),
               k = at::matmul(context, attention.to_k.weight.t()),
               v = at::matmul(context, attention.to_v.weight.t());
    std::vector<at::Tensor> heads;
    for (std::int64_t h = 0; h < kHeads; ++h) {
        const auto of_head = [&](const at::Tensor& t) { return t.narrow(2, h * kHeadWidth, kHeadWidth); };
        const auto scores = at::bmm(of_head(q), of_head(k).transpose(1, 2)) / std::sqrt(double{kHeadWidth});
        const auto shares = scores.exp() / scores.exp().sum(-1, true);
        heads.push_back(at::bmm(shares, of_head(v)));
    }
    const auto wanted = at::matmul(at::cat(heads, 2), attention.to_out.weight.t()) + attention.to_out.bias;
    EXPECT_TRUE(at::allclose(attention(x, context), wanted, 1e-4, 1e-5));
}

TEST(Attention, OneTokenOfContextIsAllThatIsSeen) {
    const auto attention = with_random_weights(Attention({8, 6, 2}));
    const auto context = at::randn({1, 1, 6});
    const auto result = attention(at::randn({1, 4, 8}), context);
    const auto value = attention.to_out(attention.to_v(context));
    EXPECT_TRUE(at::allclose(result, value.expand({1, 4, 8}), 1e-5, 1e-6));
}

TEST(Attention, HasTheNamesOfCheckpointsAndNoBiasBeforeTheHeads) {
    CollectWeights names;
    Attention({8, 6, 2}).visit(names, "attn2");
    std::string all;
    for (const auto& [name, tensor] : names.tensors) all += name + " ";
    EXPECT_EQ(
        all,
        "attn2.to_k.weight attn2.to_out.0.bias attn2.to_out.0.weight attn2.to_q.weight attn2.to_v.weight ");
}

}  // namespace lorikeet::nn
