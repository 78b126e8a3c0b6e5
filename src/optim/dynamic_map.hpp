// Numbers in 8 bits with a scale for every 256 of them: dynamic quantisation.
//
// The 256 values of the map lie close together near 0 and wide apart near 1, seven decades of them: each decade has twice as
// many as the one below it. A block is divided by its largest magnitude, and each number becomes the nearest value's place.
//
// Shapes   x [blocks, 256] float32;  codes [blocks, 256] uint8;  scales [blocks, 1] float32.
// Source   Dettmers et al. 2022, arXiv:2110.02861, section 2; values as bitsandbytes' create_dynamic_map has them.
// Golden   tests/golden/adamw8bit.safetensors
#pragma once

#include <cstdint>

#include <ATen/ATen.h>

namespace lorikeet::optim {

enum class Sign { Signed, Unsigned };  // a mean has both signs; a mean of squares has one

// What stands for a tensor.
struct Quantised {
    at::Tensor codes;
    at::Tensor scales;
};

class DynamicMap {
  public:
    static constexpr std::int64_t kBlock = 256;

    DynamicMap(Sign sign, at::Device device);
    Quantised quantise(const at::Tensor& x) const;
    at::Tensor read(const Quantised& quantised) const;
    // `blocks` blocks of nothing but 0.
    Quantised zeros(std::int64_t blocks) const;
    const at::Tensor& values() const { return values_; }  // [256], rising

  private:
    at::Tensor values_;
    at::Tensor borders_;  // [255], half-way between neighbours
    std::int64_t zero_ = 0;
};

}  // namespace lorikeet::optim
