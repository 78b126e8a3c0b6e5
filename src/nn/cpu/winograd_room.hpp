// How the memory is parted in which winograd works. For its kernels alone.
#pragma once

#include "nn/cpu/winograd.hpp"

namespace lorikeet::nn::winograd {

using Index = std::int64_t;

constexpr Index kReach = 6;  // pixels of the image that a tile sees, one side
// From tap to tap. A line more than is needed: multiples of a page would all meet in the same few lines of the cache.
constexpr Index kMargin = 16;
constexpr Index spread_step(Index in) { return kTiles * in + kMargin; }
constexpr Index kSumStep = kTiles * strips::kWidth + kMargin;

}  // namespace lorikeet::nn::winograd
