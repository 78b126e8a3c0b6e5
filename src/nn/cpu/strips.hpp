// Matrix products with weights that lie in strips, by the processor's own instructions: AVX-512, or AVX2 with FMA.
//
// A strip is 32 outputs of a layer. Its weights lie as the product reads them: tap after tap (a 3 x 3 kernel has nine,
// a matrix one), input after input, 32 outputs beside each other; in bfloat16 two inputs share a place, since the
// instruction takes pairs. The gradient of the input is a product with the transposed weights; their strips are made
// on the way, a few kilobytes at a time, so that one copy of the weights serves both directions. Where that is done
// the weights are read from memory once and then met in the cache, so it costs a few percent. Weights that a file has in
// 16 bits stay so where float32 is computed in: they are widened on the same way, which changes no digit.
//
// No tensors and no threads here: nn/frozen hands out strips. Which kernel this processor has is told by kernels.hpp.
//
// Shapes   panels [out / 32, taps, in, 32] as stored, or [out / 32, taps, in / 2, 32, 2] where bfloat16 is computed in; in and
//          out are multiples of 32 (forward alone, an even `in` will do). Rows are what an image has pixels of, or a text tokens: [rows, in] to [rows, out].
// Dtype    Sums are float32; rows and results have the dtype that is computed in.
#pragma once

#include <cstdint>
#include <span>

namespace lorikeet::nn::strips {

constexpr std::int64_t kWidth = 32;

enum class Number { Float32, Bfloat16 };           // what is computed in
enum class Stored { Float32, Bfloat16, Float16 };  // what files have
enum class Direction { Forward, Backward };

struct Weights {
    const void* panels = nullptr;
    std::int64_t in = 0;
    std::int64_t out = 0;
    std::int64_t taps = 1;
    Number number = Number::Float32;
    Stored stored = Stored::Float32;  // read where float32 is computed in
};

// result[target(m)] = sum over taps of W_tap given[source(tap, m)] + bias, for m below `rows`.
struct Product {
    Weights weights;
    Direction direction = Direction::Forward;
    const void* given = nullptr;  // [.., in], or [.., out] backward
    const void* zeros = nullptr;  // a row of them: what lies outside an image
    void* result = nullptr;       // [.., out], or [.., in] backward
    const float* bias = nullptr;  // [out], or none
    std::int64_t rows = 0;
    std::int64_t step = 0;  // numbers from row to row of `given`; 0: as many as one has
    const std::int32_t* sources =
        nullptr;  // [taps, rows]: which row of `given`, -1 for zeros; none: m itself
    const std::int32_t* targets = nullptr;    // [rows]: which row of `result`; none: m itself
    std::span<const std::int32_t> taps = {};  // which taps there are
};

// How many strips the result of a product has.
std::int64_t count(const Product& product);

constexpr std::int64_t kMostTaps = 36;

// What every kernel has.
struct Kernel {
    // The sums alone, without bias: [end - first, kWidth].
    void (*sum)(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end,
                float* sums);
    // One strip of rows [first, end). `sums` holds (end - first) * kWidth floats; 64 byte aligned.
    void (*multiply)(const Product& product, std::int64_t strip, std::int64_t first, std::int64_t end,
                     float* sums);
    // One strip of panels from rows of weights [32, in, taps]; at most kMostTaps. Where float32 is computed in, `given` is as
    // they are stored.
    void (*lay)(const void* rows, Stored given, const Weights& shape, void* strip);
};

// The `lay` of whoever computes in float32: numbers as they are given, only elsewhere.
void lay_as_given(const void* rows, Stored given, const Weights& shape, void* strip);

}  // namespace lorikeet::nn::strips
