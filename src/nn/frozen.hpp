// Weights that never change, laid out once for the processor, and the two layers that compute with them.
//
// ATen lays a layer's weights out again at every call; where a layer has many channels and few pixels that costs more
// than the arithmetic. A model that a LoRA is trained on is frozen, so it is done once, and the copy in strips (see
// strips.hpp) takes the place of the weights: there is one copy for both directions. Made only where this processor
// gains by it; a layer without it computes with ATen as ever.
//
// Shapes   Linear: x [..., in] to [..., out].  Conv2d: x [B, in, H, W] to [B, out, H', W'], channels last.
// Dtype    the one that it was frozen for, whatever autocast says and x has; the gradient of x has the dtype of x. Weights that
//          a file has in 16 bits keep them where float32 is computed in.
// Source   docs/adr/0012-frozen-weights-in-strips.md
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <ATen/ATen.h>

#include "nn/visitor.hpp"

namespace lorikeet::nn {

// What a layer will be asked for. Where no gradient is, its 3 x 3 convolutions may take the shorter way of winograd.hpp,
// at four times the memory.
enum class Asked { Gradients, ResultsAlone };

struct Frozen {
    at::Tensor panels;  // [out / 32, taps, in, 32] in some order within, as stored; see strips.hpp
    at::Tensor bias;    // [out] float32, or undefined
    at::ScalarType compute = at::kFloat;  // what it computes in; float32 over panels of 16 bits is exact
    std::int64_t in = 0;
    std::int64_t out = 0;
    std::int64_t kernel = 1;
    bool is_image = false;  // of a convolution, also where the kernel is 1 x 1
    bool is_short = false;  // the panels are those of winograd.hpp

    // From weights [out, in] or [out, in, kernel, kernel] on the CPU, in float32, bfloat16 or float16, that compute in
    // `dtype`. Null where they stay as they are: another device or dtype, sides that are no multiples of 32, a
    // processor without the instructions, or one whose own matrix unit ATen uses.
    static std::shared_ptr<const Frozen> of(const at::Tensor& weight, const at::Tensor& bias,
                                            at::ScalarType dtype);
    // The same for a 3 x 3 convolution with stride 1 and padding 1 of which results alone are asked; float32.
    static std::shared_ptr<const Frozen> short_of(const at::Tensor& weight, const at::Tensor& bias);

    // The weights as they were, in the dtype they compute in: [out, in], or [out, in, kernel, kernel]. Not
    // of short ones.
    at::Tensor plain() const;

    at::Tensor linear(const at::Tensor& x) const;
    // The same for rows [M, in] that are dense and of the dtype it computes in, and back, [M, out] to [M, in], for whoever
    // makes a node of the gradient's graph of it.
    at::Tensor product(const at::Tensor& rows) const;
    at::Tensor product_back(const at::Tensor& rows) const;
    at::Tensor conv(const at::Tensor& x, std::int64_t stride, std::int64_t padding) const;
};

// Whether this processor computes in `dtype` faster by our own strips than by ATen.
bool gains_by_strips(at::ScalarType dtype);

// What stands for weights that are laid out: of their shape, without their memory, and NaN for whoever reads it.
at::Tensor laid_out_elsewhere(const at::Tensor& weight, at::ScalarType dtype);

// Freezes every layer that gains by it, and casts what is left to `dtype`. To be used once nothing will be merged into
// the weights any more.
class FreezeWeights : public Visitor {
  public:
    // `after_each` hears of every weight that was read: the pages it came from may be forgotten.
    explicit FreezeWeights(at::ScalarType dtype, std::function<void()> after_each = {},
                           Asked asked = Asked::Gradients)
        : dtype_(dtype), after_each_(std::move(after_each)), asked_(asked) {}
    void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) override;
    void layer(const std::string& path, Linear& linear) override;
    void layer(const std::string& path, Conv2d& conv) override;

  private:
    template <class Layer>
    void take(Layer& layer, std::shared_ptr<const Frozen> frozen);

    at::ScalarType dtype_;
    std::function<void()> after_each_;
    Asked asked_;
};

// Bytes that short convolutions take beyond their weights' own.
class CountShort : public Visitor {
  public:
    void weight(const std::string&, at::Tensor&, at::IntArrayRef) override {}
    void layer(const std::string& path, Conv2d& conv) override;
    using Visitor::layer;
    std::int64_t bytes = 0;
};

}  // namespace lorikeet::nn
