#include "nn/cpu/kernels.hpp"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nn/cpu/plain.hpp"
#include "nn/cpu/strips_layer.hpp"

namespace lorikeet::nn::cpu {
namespace {

using base::Processor;

// The kernels of one kind of processor, as far as this program may use it.
class KernelsOf : public testing::TestWithParam<Processor> {
  protected:
    void SetUp() override {
        if (base::processor() < GetParam()) GTEST_SKIP() << "this processor is a lesser one";
        at::manual_seed(1);
    }
    const Kernels& ours() const { return kernels_for(GetParam()); }
    const Kernels& plain() const { return plain_kernels(); }
};

INSTANTIATE_TEST_SUITE_P(Kinds, KernelsOf,
                         testing::Values(Processor::Avx2, Processor::Avx512, Processor::Avx512Bf16,
                                         Processor::Amx),
                         [](const auto& at) {
                             std::string name(base::name_of(at.param));
                             std::erase(name, '-');
                             return name;
                         });

double distance_of(const at::Tensor& ours, const at::Tensor& plain) {
    const auto exact = plain.to(at::kDouble);
    return ((ours.to(at::kDouble) - exact).norm() / exact.norm()).item<double>();
}

struct Update {
    at::Tensor h, y, x, down, up;
};
Update updated_by(const skinny::Kernel& kernel, const at::Tensor& x, const at::Tensor& g,
                  const skinny::Factors& factors) {
    const auto rank = factors.down.size(0);
    Update done{at::empty({x.size(0), rank}, x.options()), g.clone(), at::ones_like(x),
                at::empty(factors.down.sizes(), at::kFloat), at::empty(factors.up.sizes(), at::kFloat)};
    kernel.forward(x, factors, done.h, done.y);
    kernel.backward(x, done.h, g, factors, {done.x, false, done.down, done.up});
    return done;
}

struct Attended {
    at::Tensor result, logarithm, query, key, value;
};
// One of two heads that lie side by side.
Attended attended_by(const heads::Kernel& kernel, const at::Tensor& query, const at::Tensor& key,
                     const at::Tensor& value, const at::Tensor& slope) {
    const auto bits = [](const at::Tensor& t) { return static_cast<heads::Bits*>(t.data_ptr()); };
    const auto width = query.size(1) / 2;
    Attended done{at::zeros_like(query), at::empty({query.size(0)}, at::kFloat), at::zeros_like(query),
                  at::zeros_like(key), at::zeros_like(value)};
    const heads::Head head{bits(query),
                           bits(key),
                           bits(value),
                           bits(done.result),
                           done.logarithm.data_ptr<float>(),
                           query.size(0),
                           key.size(0),
                           width,
                           query.size(1),
                           static_cast<float>(1 / std::sqrt(static_cast<double>(width)))};
    const auto room = at::empty({kernel.room_for(head)}, at::kByte);
    auto* memory = static_cast<char*>(room.data_ptr());
    kernel.attend(head, memory);
    kernel.attend_backward(head, {bits(slope), bits(done.query), bits(done.key), bits(done.value)}, memory);
    return done;
}

}  // namespace

// Whole numbers, whose sums are exact in any order.
TEST_P(KernelsOf, ProductsWithStripsAreThoseOfTheTwin) {
    using strips::Stored, strips::Number, strips::Direction;
    for (const auto& [number, stored] : {std::pair{Number::Float32, Stored::Float32},
                                         {Number::Float32, Stored::Float16},
                                         {Number::Float32, Stored::Bfloat16},
                                         {Number::Bfloat16, Stored::Bfloat16}}) {
        const auto* kernel = number == Number::Float32 ? ours().products.float32 : ours().products.bfloat16;
        if (!kernel) continue;
        const auto& twin = *plain().products.float32;
        const strips::Layer layer(96, 64, 2, 13, stored, number);
        const strips::Weights shape{nullptr, 96, 64, 2, number, stored};
        const auto rows = layer.weight.narrow(0, 0, strips::kWidth).contiguous().to(strips::type_of(stored)),
                   laid = at::zeros_like(layer.panels[0]), wanted = at::ones_like(laid);
        kernel->lay(rows.const_data_ptr(), stored, shape, laid.mutable_data_ptr());
        twin.lay(rows.const_data_ptr(), stored, shape, wanted.mutable_data_ptr());
        EXPECT_TRUE(at::equal(laid, wanted));
        for (const auto direction : {Direction::Forward, Direction::Backward}) {
            const auto given = layer.given_for(direction);
            const auto bias = at::randint(-5, 6, {96}).to(at::kFloat);
            EXPECT_TRUE(at::equal(layer.multiplied(kernel->multiply, direction, given, bias),
                                  layer.multiplied(twin.multiply, direction, given, bias)));
        }
    }
}

TEST_P(KernelsOf, AConvolutionIsThatOfTheTwin) {
    constexpr std::int64_t kIn = 64, kOut = 32;
    const auto panels = at::randn({1, winograd::kTaps, kIn, kOut}), x = at::randn({2, 5, 7, kIn}),
               bias = at::randn({kOut}), zeros = at::zeros({kIn});
    const auto room = at::empty({winograd::room_for(kIn)});
    const auto made_by = [&](const winograd::Kernel& kernel) {
        const auto y = at::zeros({2, 5, 7, kOut});
        const winograd::Pixels image{x.const_data_ptr<float>(),
                                     y.mutable_data_ptr<float>(),
                                     bias.const_data_ptr<float>(),
                                     zeros.const_data_ptr<float>(),
                                     2,
                                     5,
                                     7};
        kernel.convolve({panels.const_data_ptr(), kIn, kOut, winograd::kTaps}, image, 1, image.tiles(),
                        room.mutable_data_ptr<float>());
        return y;
    };
    ASSERT_TRUE(ours().convolution);
    EXPECT_LT(distance_of(made_by(*ours().convolution), made_by(*plain().convolution)), 1e-5);
}

TEST_P(KernelsOf, ALowRankUpdateIsThatOfTheTwin) {
    for (const auto dtype : {at::kFloat, at::kBFloat16}) {
        const auto* kernel = ours().low_rank.in(dtype);
        if (!kernel) continue;
        // Rounded once more where sums in another order fall to the other side.
        const double tolerance = dtype == at::kFloat ? 1e-5 : 1.0 / 256;
        const auto x = at::randn({101, 96}).to(dtype), g = at::randn({101, 64}).to(dtype);
        const skinny::Factors factors{at::randn({17, 96}).to(dtype), at::randn({64, 17}).to(dtype), 0.5};
        const auto done = updated_by(*kernel, x, g, factors),
                   wanted = updated_by(*plain().low_rank.in(dtype), x, g, factors);
        EXPECT_LT(distance_of(done.h, wanted.h), tolerance);
        EXPECT_LT(distance_of(done.y, wanted.y), tolerance);
        EXPECT_LT(distance_of(done.x, wanted.x), tolerance);
        EXPECT_LT(distance_of(done.down, wanted.down), tolerance);
        EXPECT_LT(distance_of(done.up, wanted.up), tolerance);
    }
}

TEST_P(KernelsOf, AttentionIsThatOfTheTwin) {
    if (!ours().attention) GTEST_SKIP() << "ATen's is taken on this kind";
    const auto draw = [](std::int64_t rows) { return at::randn({rows, 80}).to(at::kBFloat16); };
    const auto query = draw(50), key = draw(77), value = draw(77), slope = draw(50);
    const auto done = attended_by(*ours().attention, query, key, value, slope),
               wanted = attended_by(*plain().attention, query, key, value, slope);
    EXPECT_LT(distance_of(done.logarithm, wanted.logarithm), 1e-5);
    EXPECT_LT(distance_of(done.result, wanted.result), 0.01);
    EXPECT_LT(distance_of(done.query, wanted.query), 0.02);
    EXPECT_LT(distance_of(done.key, wanted.key), 0.02);
    EXPECT_LT(distance_of(done.value, wanted.value), 0.02);
}

TEST(Kernels, EachKindHasWhatItGainsBy) {
    const auto& portable = kernels_for(Processor::Portable);
    EXPECT_FALSE(portable.products.float32 || portable.convolution || portable.attention);
    EXPECT_TRUE(kernels_for(Processor::Avx2).low_rank.float32);
    EXPECT_FALSE(kernels_for(Processor::Avx2).products.bfloat16);
    EXPECT_FALSE(kernels_for(Processor::Avx512).low_rank.float32);
    EXPECT_TRUE(kernels_for(Processor::Avx512Bf16).attention);
    // A matrix unit is ATen's to use; float32 has none.
    EXPECT_FALSE(kernels_for(Processor::Amx).products.bfloat16);
    EXPECT_TRUE(kernels_for(Processor::Amx).products.float32);
    EXPECT_EQ(&kernels(), &kernels_for(base::processor()));
}

TEST(Kernels, OtherTensorsAreLeftToAten) {
    const auto rows = [](at::IntArrayRef sizes, at::ScalarType dtype) { return at::zeros(sizes, dtype); };
    for (const auto dtype : {at::kFloat, at::kBFloat16}) {
        EXPECT_EQ(low_rank_kernel(rows({4, 32}, dtype), 4), kernels().low_rank.in(dtype));
        EXPECT_FALSE(low_rank_kernel(rows({4, 40}, dtype), 4));
        EXPECT_FALSE(low_rank_kernel(rows({4, 32}, dtype), 65));
        EXPECT_FALSE(low_rank_kernel(rows({32, 4}, dtype).t(), 4));
        EXPECT_FALSE(low_rank_kernel(at::empty({4, 32}, at::TensorOptions(at::kMeta).dtype(dtype)), 4));
    }
    EXPECT_FALSE(low_rank_kernel(rows({4, 32}, at::kDouble), 4));
    const auto tokens = rows({1, 4, 64}, at::kBFloat16), odd = rows({1, 4, 6}, at::kBFloat16);
    EXPECT_EQ(attends_by_kernel(tokens, tokens, tokens, 2), kernels().attention != nullptr);
    EXPECT_FALSE(attends_by_kernel(odd, odd, odd, 2));
    EXPECT_FALSE(attends_by_kernel(tokens.to(at::kFloat), tokens, tokens, 2));
}

}  // namespace lorikeet::nn::cpu
