#include "nn/cpu/strips_avx512.hpp"

#include "base/processor.hpp"
#include "nn/cpu/strips_layer.hpp"

namespace lorikeet::nn::strips {

// Each kernel by itself, whatever this process is told to use.
TEST(StripsAvx512, BothDirectionsGiveWhatThePlainLoopGives) {
    if (base::processor_of_machine() < base::Processor::Avx512) GTEST_SKIP() << "the machine lacks AVX-512";
    expect_right_everywhere(&avx512::multiply);
}

TEST(StripsAvx512, PairsOfBfloat16GiveThePlainLoopRoundedOnce) {
    if (base::processor_of_machine() < base::Processor::Avx512Bf16)
        GTEST_SKIP() << "the machine lacks AVX-512 BF16";
    at::manual_seed(1);
    for (const Index rows : {1, 5, 12, 13, 83})
        Layer(96, 64, 2, rows, Stored::Bfloat16, Number::Bfloat16).expect_right(&avx512::multiply);
    Layer(640, 32, 1, 50, Stored::Bfloat16, Number::Bfloat16).expect_right(&avx512::multiply);
    Layer(32, 320, 9, 31, Stored::Bfloat16, Number::Bfloat16).expect_right(&avx512::multiply);
}

TEST(StripsAvx512, AStripIsLaidAsItsHeaderSays) {
    const auto machine = base::processor_of_machine();
    if (machine < base::Processor::Avx512) GTEST_SKIP() << "the machine lacks AVX-512";
    at::manual_seed(1);
    for (const Index taps : {Index{1}, Index{9}, kMostTaps})
        for (const auto& [number, given] : {std::pair{Number::Float32, Stored::Float32},
                                            {Number::Bfloat16, Stored::Float32},
                                            {Number::Bfloat16, Stored::Bfloat16},
                                            {Number::Bfloat16, Stored::Float16}}) {
            if (number == Number::Bfloat16 && machine < base::Processor::Avx512Bf16) continue;
            const auto stored = number == Number::Float32 ? Stored::Float32 : Stored::Bfloat16;
            const Layer layer(96, 32, taps, 1, stored, number);
            const auto rows = layer.weight.to(type_of(given)), made = at::full_like(layer.panels, 99);
            avx512::lay(rows.const_data_ptr(), given, {nullptr, 96, 32, taps, number, stored},
                        made.mutable_data_ptr());
            EXPECT_TRUE(at::equal(made, layer.panels))
                << taps << " taps of " << c10::toString(type_of(given));
        }
}

// A product of part of the taps, as the edges of an image ask for.
TEST(StripsAvx512, SumsOfSomeTapsAreThoseAlone) {
    if (base::processor_of_machine() < base::Processor::Avx512) GTEST_SKIP() << "the machine lacks AVX-512";
    at::manual_seed(1);
    const Layer layer(64, 32, 3, 14, Stored::Float32);
    const auto given = layer.given_for(Direction::Forward), sums = at::empty({14, kWidth});
    const std::vector<std::int32_t> last{2};
    Product product;
    product.weights = {layer.panels.const_data_ptr(), 64, 32, 3, Number::Float32, Stored::Float32};
    product.given = given.const_data_ptr();
    product.rows = 14;
    product.taps = last;
    avx512::sum(product, 0, 0, 14, sums.mutable_data_ptr<float>());
    EXPECT_TRUE(at::equal(sums, at::mm(given, layer.weight.select(2, 2).t())));
}

}  // namespace lorikeet::nn::strips
