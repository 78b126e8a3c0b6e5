#include "nn/cpu/plain.hpp"

#include <utility>

#include <gtest/gtest.h>

#include "nn/cpu/strips_layer.hpp"
#include "nn/cpu/winograd_kernel.hpp"

namespace lorikeet::nn::cpu {

// The twins themselves, against ATen's formulas: on any processor.
TEST(PlainKernels, ProductsWithStripsAreThoseOfPlainMatrices) {
    at::manual_seed(1);
    for (const auto& [number, stored] : {std::pair{strips::Number::Float32, strips::Stored::Float32},
                                         {strips::Number::Float32, strips::Stored::Float16},
                                         {strips::Number::Bfloat16, strips::Stored::Bfloat16}})
        strips::Layer(64, 32, 3, 7, stored, number).expect_right(plain_kernels().products.float32->multiply);
}

TEST(PlainKernels, AConvolutionIsTheLongOne) {
    winograd::expect_right(plain_kernels().convolution->convolve);
}

TEST(PlainKernels, ALowRankUpdateIsWhatAutogradMakesOfTheFormula) {
    at::manual_seed(1);
    const auto x = at::randn({9, 32}).requires_grad_(), a = at::randn({3, 32}).requires_grad_(),
               b = at::randn({64, 3}).requires_grad_(), g = at::randn({9, 64}), before = at::randn({9, 64});
    const auto wanted = before + 0.5 * at::mm(at::mm(x, a.t()), b.t());
    wanted.backward(g);
    const skinny::Factors factors{a.detach(), b.detach(), 0.5};
    const auto h = at::empty({9, 3}), y = before.clone(), slope = at::empty({9, 32}),
               down = at::empty({3, 32}), up = at::empty({64, 3});
    plain_kernels().low_rank.float32->forward(x.detach(), factors, h, y);
    plain_kernels().low_rank.float32->backward(x.detach(), h, g, factors, {slope, true, down, up});
    EXPECT_TRUE(at::allclose(y, wanted.detach(), 1e-5, 1e-5));
    EXPECT_TRUE(at::allclose(slope, x.grad(), 1e-5, 1e-5));
    EXPECT_TRUE(at::allclose(down, a.grad(), 1e-4, 1e-4));
    EXPECT_TRUE(at::allclose(up, b.grad(), 1e-4, 1e-4));
}

TEST(PlainKernels, AttentionIsThatOfAten) {
    at::manual_seed(1);
    const auto draw = [](std::int64_t rows) { return at::randn({rows, 8}).to(at::kBFloat16); };
    const auto query = draw(5), key = draw(7), value = draw(7), slope = draw(5),
               result = at::zeros_like(query), of_query = at::zeros_like(query), of_key = at::zeros_like(key),
               of_value = at::zeros_like(value), logarithm = at::empty({5}, at::kFloat);
    const auto bits = [](const at::Tensor& t) { return static_cast<heads::Bits*>(t.data_ptr()); };
    const heads::Head head{bits(query), bits(key), bits(value), bits(result), logarithm.data_ptr<float>(), 5,
                           7,           8,         8,           0.5F};
    plain_kernels().attention->attend(head, nullptr);
    plain_kernels().attention->attend_backward(
        head, {bits(slope), bits(of_query), bits(of_key), bits(of_value)}, nullptr);
    const auto exact = [](const at::Tensor& t) { return t.to(at::kFloat).requires_grad_(); };
    const auto q = exact(query), k = exact(key), v = exact(value);
    const auto wanted = at::mm(at::softmax(0.5 * at::mm(q, k.t()), 1), v);
    wanted.backward(slope.to(at::kFloat));
    const auto near = [](const at::Tensor& ours, const at::Tensor& theirs) {
        return at::allclose(ours.to(at::kFloat), theirs.detach(), 0.02, 0.02);
    };
    EXPECT_TRUE(near(result, wanted));
    EXPECT_TRUE(near(of_query, q.grad()));
    EXPECT_TRUE(near(of_key, k.grad()));
    EXPECT_TRUE(near(of_value, v.grad()));
}

}  // namespace lorikeet::nn::cpu
