// Randomness is an argument: a generator for one draw, derived from the run's seed and the place of the draw.
//
// There is no state to lose. The noise of optimizer step 41, micro-batch 0 is that of generator(seed,
// Stream::Noise, 41, 0) in a run that was stopped ten times and in one that never was, with one loader thread
// or eight.
#pragma once

#include <cstdint>

#include <ATen/ATen.h>

namespace lorikeet::tensor {

enum class Stream : std::uint64_t {
    Order = 1,
    Time,
    Noise,
    Dropout,
    Flip,
    Caption,
    Posterior,
    Init,
    Sample,
    CaptionDropout,
    Crop,
    Colour,
    Validation,
    Wildcard,
    TagDropout
};

// A mix of all four numbers (splitmix64): neighbours share nothing.
std::uint64_t seed_of(std::uint64_t seed, Stream stream, std::uint64_t first = 0, std::uint64_t second = 0);

// A fresh CPU generator for one draw.
at::Generator generator(std::uint64_t seed, Stream stream, std::uint64_t first = 0, std::uint64_t second = 0);

// The same for code without tensors: successive numbers of splitmix64.
class Draws {
  public:
    explicit Draws(std::uint64_t seed) : state_(seed) {}
    std::uint64_t bits();
    double uniform();                        // [0, 1)
    std::uint64_t below(std::uint64_t end);  // [0, end); end > 0

  private:
    std::uint64_t state_;
};

}  // namespace lorikeet::tensor
