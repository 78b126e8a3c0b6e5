#include "io/finite.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

namespace lorikeet::io {
namespace {

template <class Word>
std::vector<std::byte> finite_bytes(const std::vector<Word>& words) {
    std::vector<std::byte> bytes(words.size() * sizeof(Word));
    std::memcpy(bytes.data(), words.data(), bytes.size());
    return bytes;
}

TEST(FindNotFinite, JudgesEveryHalfAsTheProcessorDoes) {
    std::vector<std::uint16_t> all(65536);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i);
    const auto half = find_not_finite(finite_bytes(all), DType::F16);
    ASSERT_TRUE(half);
    EXPECT_EQ(half->infinite, 2U);
    EXPECT_EQ(half->nan, 2U * 1023);
    const auto brain = find_not_finite(finite_bytes(all), DType::BF16);
    ASSERT_TRUE(brain);
    EXPECT_EQ(brain->infinite, 2U);
    EXPECT_EQ(brain->nan, 2U * 127);
    std::size_t nan = 0;
    for (const auto word : all) {
        const std::uint32_t wide = std::uint32_t{word} << 16U;
        float number = 0;
        std::memcpy(&number, &wide, sizeof number);
        nan += std::isnan(number) ? 1 : 0;
    }
    EXPECT_EQ(brain->nan, nan);
}

TEST(FindNotFinite, KnowsBothKindsOfFp8) {
    std::vector<std::uint8_t> all(256);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
    EXPECT_EQ(find_not_finite(finite_bytes(all), DType::F8E4M3)->nan, 2U);
    EXPECT_EQ(find_not_finite(finite_bytes(all), DType::F8E4M3)->infinite, 0U)
        << "448 is its largest, not infinity";
    EXPECT_EQ(find_not_finite(finite_bytes(all), DType::F8E5M2)->nan, 6U);
    EXPECT_EQ(find_not_finite(finite_bytes(all), DType::F8E5M2)->infinite, 2U);
}

TEST(FindNotFinite, FindsOneAnywhereAtAnyAlignment) {
    for (const std::size_t place : {0UL, 1UL, 4095UL, 4096UL, 8191UL, 8192UL, 9999UL})
        for (const std::size_t shift : {0UL, 1UL, 3UL}) {
            std::vector<float> numbers(10000, std::numeric_limits<float>::max());
            numbers[place] = -std::numeric_limits<float>::infinity();
            std::vector<std::byte> bytes(shift + numbers.size() * sizeof(float));
            std::memcpy(bytes.data() + shift, numbers.data(), numbers.size() * sizeof(float));
            const auto found = find_not_finite(std::span(bytes).subspan(shift), DType::F32);
            ASSERT_TRUE(found) << place;
            EXPECT_EQ(found->infinite, 1U);
            EXPECT_EQ(found->nan, 0U);
        }
    std::vector<double> numbers(5000, 1);
    EXPECT_FALSE(find_not_finite(finite_bytes(numbers), DType::F64));
    numbers[4999] = std::nan("");
    EXPECT_EQ(find_not_finite(finite_bytes(numbers), DType::F64)->nan, 1U);
}

TEST(FindNotFinite, WholeNumbersAreFiniteAndNothingIsTooLittle) {
    const std::vector<std::uint64_t> ones(5000, ~std::uint64_t{0});
    for (const auto dtype :
         {DType::I64, DType::I32, DType::I16, DType::I8, DType::U64, DType::U8, DType::Bool})
        EXPECT_FALSE(find_not_finite(finite_bytes(ones), dtype));
    EXPECT_FALSE(find_not_finite({}, DType::F32));
}

TEST(FindNotFinite, IsToldInWords) {
    EXPECT_EQ(words_for({1, 0}), "a NaN");
    EXPECT_EQ(words_for({128, 0}), "128 NaN");
    EXPECT_EQ(words_for({0, 1}), "an infinity");
    EXPECT_EQ(words_for({2, 5}), "2 NaN and 5 infinities");
}

}  // namespace
}  // namespace lorikeet::io
