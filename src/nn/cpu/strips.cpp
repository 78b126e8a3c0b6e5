#include "nn/cpu/strips.hpp"

#include <algorithm>
#include <cstring>

#include "base/error.hpp"

namespace lorikeet::nn::strips {
namespace {

using Index = std::int64_t;

// As they are given, only elsewhere. Rows are copied a piece at a time first: they lie so far apart that their lines would
// push each other out of the cache.
template <class T>
void lay_unchanged(const T* rows, const Weights& shape, T* strip) {
    constexpr Index kInputs = 16;
    const auto taps = shape.taps;
    T pieces[static_cast<std::size_t>(kWidth * kInputs * kMostTaps)];
    for (Index first = 0; first < shape.in; first += kInputs) {
        const auto count = std::min(kInputs, shape.in - first);
        for (Index n = 0; n < kWidth; ++n)
            std::memcpy(pieces + n * count * taps, rows + (n * shape.in + first) * taps,
                        static_cast<std::size_t>(count * taps) * sizeof(T));
        for (Index tap = 0; tap < taps; ++tap)
            for (Index i = 0; i < count; ++i) {
                const T* from = pieces + i * taps + tap;
                T* to = strip + (tap * shape.in + first + i) * kWidth;
                for (Index n = 0; n < kWidth; ++n) to[n] = from[n * count * taps];
            }
    }
}

}  // namespace

std::int64_t count(const Product& product) {
    const auto& weights = product.weights;
    return (product.direction == Direction::Forward ? weights.out : weights.in) / kWidth;
}

void lay_as_given(const void* rows, Stored given, const Weights& shape, void* strip) {
    base::expects(shape.number == Number::Float32 && given == shape.stored, "weights stay as they are given");
    if (given == Stored::Float32)
        lay_unchanged(static_cast<const std::uint32_t*>(rows), shape, static_cast<std::uint32_t*>(strip));
    else
        lay_unchanged(static_cast<const std::uint16_t*>(rows), shape, static_cast<std::uint16_t*>(strip));
}

}  // namespace lorikeet::nn::strips
