#include "nn/cpu/heads_avx512.hpp"

#include <gtest/gtest.h>

#include "nn/attention.hpp"
#include "nn/frozen.hpp"
#include "nn/visitors.hpp"

namespace lorikeet::nn {
namespace {

struct Size {
    std::int64_t batch, heads, width, queries, keys;  // width of a head; keys 0: attention among the queries
};

// An attention whose projections change nothing, so that what is compared is the attention itself.
Attention bare(const Size& size, at::ScalarType dtype) {
    const auto width = size.heads * size.width;
    Attention attention({width, width, size.heads});
    for (auto* layer : {&attention.to_q, &attention.to_k, &attention.to_v, &attention.to_out})
        layer->weight = at::eye(width, at::kFloat).to(dtype);
    attention.to_out.bias = at::zeros({width}, dtype);
    return attention;
}

struct HeadsAnswer {
    at::Tensor result, query, context;
};

HeadsAnswer answer_of(const Attention& attention, const at::Tensor& x, const at::Tensor& context) {
    const auto q = x.detach().clone().requires_grad_(), c = context.detach().clone().requires_grad_();
    const auto result = attention(q, c);
    const auto weighing = at::linspace(-20, 20, result.numel(), at::kFloat).view(result.sizes()).sin();
    (result.to(at::kFloat) * weighing).sum().backward();
    return {result.detach().to(at::kFloat), q.grad().to(at::kFloat), c.grad().to(at::kFloat)};
}

double heads_distance(const at::Tensor& a, const at::Tensor& b) {
    return ((a - b).norm() / b.norm()).item<double>();
}

}  // namespace

TEST(HeadsAvx512, TheResultAndItsSlopesAreThoseOfFloat32) {
    if (!gains_by_strips(at::kBFloat16)) GTEST_SKIP() << "this processor lacks the instructions";
    at::manual_seed(1);
    for (const auto& size : {Size{1, 2, 40, 50, 50}, Size{2, 3, 80, 16, 77}, Size{1, 1, 160, 33, 5},
                             Size{1, 2, 64, 256, 256}, Size{1, 4, 6, 7, 1}}) {
        const auto width = size.heads * size.width;
        const auto x = at::randn({size.batch, size.queries, width}).to(at::kBFloat16) * 2;
        const auto context = at::randn({size.batch, size.keys, width}).to(at::kBFloat16);
        const auto got = answer_of(bare(size, at::kBFloat16), x, context);
        const auto wanted = answer_of(bare(size, at::kFloat), x.to(at::kFloat), context.to(at::kFloat));
        const auto of = ::testing::Message()
                        << size.width << " wide, " << size.queries << " of " << size.keys;
        EXPECT_LT(heads_distance(got.result, wanted.result), 0.01) << of;
        if (size.keys > 1) {
            EXPECT_LT(heads_distance(got.query, wanted.query), 0.02) << of;
        } else {
            EXPECT_LT(got.query.abs().max().item<double>(), 0.02)
                << of;  // one key: no query changes anything
        }
        EXPECT_LT(heads_distance(got.context, wanted.context), 0.02) << of;
    }
}

TEST(HeadsAvx512, ScoresThatAreFarApartLeaveOneShare) {
    if (!gains_by_strips(at::kBFloat16)) GTEST_SKIP() << "this processor lacks the instructions";
    const Size size{1, 1, 32, 3, 3};
    const auto x = at::eye(3, at::kFloat).repeat({1, 1, 11}).narrow(2, 0, 32).to(at::kBFloat16) * 100;
    const auto result = bare(size, at::kBFloat16)(x, x);
    EXPECT_TRUE(at::equal(result, x));
}

}  // namespace lorikeet::nn
