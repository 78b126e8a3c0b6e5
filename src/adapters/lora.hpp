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
#include <string_view>

#include <ATen/ATen.h>

#include "adapters/kind.hpp"
#include "adapters/low_rank.hpp"
#include "adapters/targets.hpp"

namespace lorikeet::adapters {

class Lora : public Module {
  public:
    // A fresh one. alpha 0 means alpha = rank.
    Lora(const Target& target, std::int64_t rank, double alpha, const ModuleControl& control,
         std::uint64_t index);

    // One from tensors that are there already; they are shared.
    Lora(const Target& target, at::Tensor given_down, at::Tensor given_up, double alpha,
         const ModuleControl& control, std::uint64_t index);

    at::Tensor apply(const at::Tensor& x, const at::Tensor& y) const override;
    at::Tensor linear(const at::Tensor& x, const nn::Linear& layer) const override;
    ModuleTensors tensors() override;
    // strength * scale * B A, whatever the weight is.
    at::Tensor delta(const at::Tensor& weight, double strength) const override;

    std::int64_t rank() const { return down.size(0); }
    double scale() const { return alpha / static_cast<double>(rank()); }

    at::Tensor down;  // A
    at::Tensor up;    // B
    at::Tensor
        down_cast;  // both as matrices in the dtype that is computed in, kept up to date by the network; or undefined
    at::Tensor up_cast;
    double alpha = 0;

  protected:
    nn::By way() const override { return nn::By::Bypass; }

  private:
    at::Tensor dropout_mask(at::IntArrayRef sizes, const at::Tensor& like) const;
    LowRank factors_for(std::int64_t rows, const at::Tensor& like) const;

    nn::ConvShape shape_;
    std::uint64_t index_;
};

// The same without an adapter around it: scale * B A as [out, in] or [out, in, k, k].
at::Tensor low_rank_delta(const at::Tensor& down, const at::Tensor& up, double scale);

// What files put behind the name of a layer.
inline constexpr std::string_view kDownEnding = ".lora_down.weight";
inline constexpr std::string_view kUpEnding = ".lora_up.weight";
inline constexpr std::string_view kAlphaEnding = ".alpha";

// The row of plain LoRA and LoCon: "<layer>.lora_down.weight", "<layer>.lora_up.weight", "<layer>.alpha" (the rank, where a
// file does not tell it, or tells 0).
extern const Kind kPlainLora;
// The tensors of a layer of that kind.
LayerTensors lora_tensors(at::Tensor down, at::Tensor up, double alpha);

}  // namespace lorikeet::adapters
