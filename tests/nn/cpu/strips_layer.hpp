// A layer for the kernels of nn/strips, each by itself, and the plain loop that they are held against.
#pragma once

#include <utility>
#include <vector>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "nn/cpu/strips.hpp"

namespace lorikeet::nn::strips {

using Index = std::int64_t;

inline at::ScalarType type_of(Stored given) {
    if (given == Stored::Float32) return at::kFloat;
    return given == Stored::Float16 ? at::kHalf : at::kBFloat16;
}

using Multiply = void (*)(const Product&, Index, Index, Index, float*);

// A layer [out, in, taps] and some rows, whole numbers: their sums are exact in any order.
struct Layer {
    Index in, out, taps, rows;
    Stored stored;
    Number number;
    at::Tensor weight, panels;
    std::vector<std::int32_t> all_taps, sources, targets;

    Layer(Index in_count, Index out_count, Index tap_count, Index row_count, Stored given,
          Number computed = Number::Float32)
        : in(in_count), out(out_count), taps(tap_count), rows(row_count), stored(given), number(computed) {
        weight = at::randint(-5, 6, {out, in, taps}).to(at::kFloat);
        // 64 byte aligned as ATen's memory is
        panels = weight.view({out / kWidth, kWidth, in, taps})
                     .permute({0, 3, 2, 1})
                     .contiguous()
                     .to(type_of(given));
        if (number == Number::Bfloat16)  // two inputs share a place
            panels = panels.view({out / kWidth, taps, in / 2, 2, kWidth}).transpose(3, 4).contiguous();
        for (std::int32_t tap = 0; tap < taps; ++tap) {
            all_taps.push_back(tap);
            for (std::int32_t m = 0; m < rows; ++m) sources.push_back(m - tap);
        }
        for (std::int32_t m = 0; m < rows; ++m) targets.push_back(static_cast<std::int32_t>(rows) - 1 - m);
    }

    // What rows and results are in.
    at::ScalarType dtype() const { return number == Number::Float32 ? at::kFloat : at::kBFloat16; }

    at::Tensor given_for(Direction direction) const {
        return at::randint(-5, 6, {rows, direction == Direction::Forward ? in : out}).to(dtype());
    }

    at::Tensor multiplied(Multiply multiply, Direction direction, const at::Tensor& given,
                          const at::Tensor& bias) const {
        const auto width = direction == Direction::Forward ? out : in;
        const auto result = at::full({rows, width}, -1e9, dtype()),
                   zeros = at::zeros({given.size(1)}, dtype());
        Product product;
        product.weights = {panels.const_data_ptr(), in, out, taps, number, stored};
        product.direction = direction;
        product.given = given.const_data_ptr();
        product.zeros = zeros.const_data_ptr();
        product.result = result.mutable_data_ptr();
        if (bias.defined()) product.bias = bias.const_data_ptr<float>();
        product.rows = rows;
        product.sources = sources.data();
        product.targets = targets.data();
        product.taps = all_taps;
        const auto sums = at::empty({rows, kWidth});
        const auto half = rows / 2;
        for (Index strip = 0; strip < count(product); ++strip)
            for (const auto& [first, end] : {std::pair{Index{0}, half}, {half, rows}})
                if (first < end) multiply(product, strip, first, end, sums.mutable_data_ptr<float>());
        return result;
    }

    // The plain loop, by its tables.
    at::Tensor plain(Direction direction, const at::Tensor& given, const at::Tensor& bias) const {
        const auto width = direction == Direction::Forward ? out : in;
        const auto result = at::zeros({rows, width}), numbers = given.to(at::kFloat);
        for (Index tap = 0; tap < taps; ++tap) {
            const auto matrix = direction == Direction::Forward ? weight.select(2, tap).t()
                                                                : weight.select(2, tap);
            if (tap >= rows) continue;
            result.narrow(0, tap, rows - tap) += at::mm(numbers.narrow(0, 0, rows - tap), matrix);
        }
        return (bias.defined() ? result + bias : result).flip(0).to(dtype());
    }

    void expect_right(Multiply multiply) const {
        for (const auto direction : {Direction::Forward, Direction::Backward}) {
            const auto given = given_for(direction);
            const auto bias = direction == Direction::Forward ? at::randint(-5, 6, {out}).to(at::kFloat)
                                                              : at::Tensor();
            EXPECT_TRUE(
                at::equal(multiplied(multiply, direction, given, bias), plain(direction, given, bias)))
                << in << " to " << out << ", " << taps << " taps, " << rows << " rows, stored as "
                << c10::toString(type_of(stored)) << (direction == Direction::Forward ? "" : ", backward");
        }
    }
};

inline void expect_right_everywhere(Multiply multiply) {
    at::manual_seed(1);
    for (const auto stored : {Stored::Float32, Stored::Bfloat16, Stored::Float16}) {
        for (const Index rows : {1, 2, 5, 6, 7, 12, 13, 25, 83})
            Layer(96, 64, 2, rows, stored).expect_right(multiply);
        Layer(320, 32, 1, 50, stored).expect_right(multiply);
        Layer(32, 320, 9, 31, stored).expect_right(multiply);
    }
}

}  // namespace lorikeet::nn::strips
