// Low-rank update of one layer:  y = W x + strength * scale * B (A x),  scale = alpha / rank.
//
// Shapes   Linear: x [..., in];  A [rank, in];  B [out, rank];  y [..., out].
//          Conv2d: x [B, in, H, W];  A [rank, in, k, k];  B [out, rank, 1, 1];  y [B, out, H', W'].
// Dtype    A and B are float32 whatever x is; the products and the sum have y's dtype.
// Init     A ~ Kaiming uniform (a = sqrt 5), B = 0: a fresh adapter changes nothing.
// Source   Hu et al. 2021, arXiv:2106.09685, section 4.1.
// Golden   tests/golden/lora_linear.safetensors, tests/golden/lora_conv.safetensors
// Throws   Error{InvalidInput} when rank < 1 or alpha is not finite.
#pragma once

#include <cstdint>

#include <ATen/ATen.h>

#include "adapters/low_rank.hpp"
#include "adapters/targets.hpp"
#include "nn/adapter_slot.hpp"

namespace lorikeet::adapters {

// The images that are worked on at once: all of a batch, or `count` of its `total` from `first` on.
struct Window {
    std::int64_t first = 0;
    std::int64_t count = 1;
    std::int64_t total = 1;
};

// What all LoRAs of a network share; the network owns it and changes it between steps.
struct Control {
    double strength = 1;
    double dropout = 0;  // share of A x left out; 0 while images are made
    std::uint64_t seed = 0;
    std::uint64_t draw = 0;  // optimizer step and micro-batch in one number
    bool cast = false;       // whether down_cast and up_cast are those of the weights as they stand
    Window window;           // dropout is drawn for the whole batch, whatever part of it is there
};

class Lora : public nn::Adapter {
  public:
    // A fresh one. alpha 0 means alpha = rank, as in the files of others.
    Lora(const Target& target, std::int64_t rank, double alpha, const Control& control, std::uint64_t index);

    // One from tensors that are there already; they are shared.
    Lora(const Target& target, at::Tensor given_down, at::Tensor given_up, double alpha,
         const Control& control, std::uint64_t index);

    at::Tensor apply(const at::Tensor& x, const at::Tensor& y) const override;
    at::Tensor linear(const at::Tensor& x, const nn::Linear& layer) const override;
    // scale * B A in the shape of the layer's weight, float32: what merging adds.
    at::Tensor delta() const;

    std::int64_t rank() const { return down.size(0); }
    double scale() const { return alpha / static_cast<double>(rank()); }

    at::Tensor down;  // A
    at::Tensor up;    // B
    at::Tensor
        down_cast;  // both as matrices in the dtype that is computed in, kept up to date by the network; or undefined
    at::Tensor up_cast;
    double alpha = 0;

  private:
    at::Tensor dropout_mask(at::IntArrayRef sizes, const at::Tensor& like) const;
    LowRank factors_for(std::int64_t rows, const at::Tensor& like) const;

    nn::ConvShape shape_;
    const Control& control_;
    std::uint64_t index_;
};

// The same without an adapter around it: scale * B A as [out, in] or [out, in, k, k].
at::Tensor low_rank_delta(const at::Tensor& down, const at::Tensor& up, double scale);

}  // namespace lorikeet::adapters
