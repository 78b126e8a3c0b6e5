#include "tensor/rehearsal.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <tuple>
#include <vector>

#include <ATen/native/ConvUtils.h>
#include <torch/library.h>

#include "base/error.hpp"

namespace lorikeet::tensor {
namespace {

using MaybeTensor = std::optional<at::Tensor>;

// The kernels: what comes out has the shape, dtype and order of memory that the processor's kernels give it.

constexpr std::uint8_t kBeforeTheUsualOne = 1;
std::atomic<bool> is_running = false, is_of_gpu = false;

// Which of its ways ATen takes for a convolution on this processor: it is asked, with tensors of the processor that
// have no numbers.
at::native::ConvBackend way_of(const at::Tensor& x, const at::Tensor& weight, at::IntArrayRef stride,
                               at::IntArrayRef padding) {
    static std::byte nothing{};
    const auto here = [](const at::Tensor& t) {
        return at::from_blob(&nothing, t.sizes(), t.strides(), t.options().device(at::kCPU));
    };
    const at::NoGradGuard no_gradient;
    constexpr std::array<std::int64_t, 2> kOnes{1, 1}, kZeros{0, 0};
    return at::native::select_conv_backend(
        here(x), here(weight), std::nullopt, c10::fromIntArrayRefSlow(stride),
        c10::fromIntArrayRefSlow(padding), c10::fromIntArrayRefSlow(kOnes), /*transposed=*/false,
        c10::fromIntArrayRefSlow(kZeros), 1, std::nullopt);
}

// What ATen makes for a convolution on the processor and lets go at its end: the weights in the order of the pixels, and in
// oneDNN's own, at every call; or, where oneDNN does not compute in this dtype, for each pixel of the result what the
// kernel sees. `pixels` of the result; 0 backwards, where that is no tensor.
std::vector<at::Tensor> scratch_of(const at::Tensor& x, const at::Tensor& weight, std::int64_t pixels,
                                   at::IntArrayRef stride, at::IntArrayRef padding) {
    using Way = at::native::ConvBackend;
    if (is_of_gpu) return {};
    const auto way = way_of(x, weight, stride, padding);
    if (way != Way::Mkldnn && way != Way::Slow2d) return {};
    std::vector<at::Tensor> scratch;
    if (!weight.is_contiguous(x.suggest_memory_format())) scratch.push_back(at::empty_like(weight));
    if (way == Way::Mkldnn)
        scratch.push_back(at::empty_like(weight));
    else
        scratch.push_back(at::empty({x.size(0), weight.numel() / weight.size(0), pixels}, x.options()));
    return scratch;
}

std::int64_t conv_side(std::int64_t side, std::int64_t kernel, std::int64_t stride, std::int64_t padding) {
    return (side + 2 * padding - kernel) / stride + 1;
}

at::Tensor convolution(const at::Tensor& x, const at::Tensor& weight, const MaybeTensor&,
                       at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef, bool transposed,
                       at::IntArrayRef, std::int64_t) {
    base::expects(!transposed && x.dim() == 4, "the convolutions of a model are plain, of images");
    auto result =
        at::empty({x.size(0), weight.size(0), conv_side(x.size(2), weight.size(2), stride[0], padding[0]),
                   conv_side(x.size(3), weight.size(3), stride.back(), padding.back())},
                  x.options(), x.suggest_memory_format());
    scratch_of(x, weight, result.size(2) * result.size(3), stride, padding);
    return result;
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> convolution_backward(
    const at::Tensor& gradient, const at::Tensor& x, const at::Tensor& weight, at::IntArrayRef stride,
    at::IntArrayRef padding, at::IntArrayRef, bool, at::IntArrayRef, std::int64_t,
    std::array<bool, 3> wanted) {
    const auto scratch = scratch_of(x, weight, 0, stride, padding);
    return {wanted[0] ? at::empty_like(x) : at::Tensor(), wanted[1] ? at::empty_like(weight) : at::Tensor(),
            wanted[2] ? at::empty({weight.size(0)}, gradient.options()) : at::Tensor()};
}

// The processor keeps mean and deviation in the dtype of the weights.
std::tuple<at::Tensor, at::Tensor, at::Tensor> group_norm(const at::Tensor& x, const MaybeTensor& weight,
                                                          const MaybeTensor&, std::int64_t images,
                                                          std::int64_t, std::int64_t, std::int64_t groups,
                                                          double) {
    const auto& options = weight && weight->defined() ? weight->options() : x.options();
    return {at::empty_like(x), at::empty({images, groups}, options), at::empty({images, groups}, options)};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> group_norm_backward(const at::Tensor&, const at::Tensor& x,
                                                                   const at::Tensor&, const at::Tensor&,
                                                                   const MaybeTensor& weight, std::int64_t,
                                                                   std::int64_t, std::int64_t, std::int64_t,
                                                                   std::array<bool, 3> wanted) {
    return {wanted[0] ? at::empty_like(x) : at::Tensor(), wanted[1] ? at::empty_like(*weight) : at::Tensor(),
            wanted[2] ? at::empty_like(*weight) : at::Tensor()};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> layer_norm(const at::Tensor& x, at::IntArrayRef shape,
                                                          const MaybeTensor& weight, const MaybeTensor&,
                                                          double) {
    auto rows = x.sizes().vec();
    std::fill(rows.end() - static_cast<std::ptrdiff_t>(shape.size()), rows.end(), 1);
    const auto& options = weight && weight->defined() ? weight->options() : x.options();
    return {at::empty(x.sizes(), x.options()), at::empty(rows, options), at::empty(rows, options)};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> layer_norm_backward(
    const at::Tensor&, const at::Tensor& x, at::IntArrayRef, const at::Tensor&, const at::Tensor&,
    const MaybeTensor& weight, const MaybeTensor&, std::array<bool, 3> wanted) {
    return {wanted[0] ? at::empty(x.sizes(), x.options()) : at::Tensor(),
            wanted[1] ? at::empty_like(*weight) : at::Tensor(),
            wanted[2] ? at::empty_like(*weight) : at::Tensor()};
}

// [B, heads, T, d], lying in memory as [B, T, heads, d].
at::Tensor heads_inside(const at::Tensor& like) {
    return at::empty({like.size(0), like.size(2), like.size(1), like.size(3)}, like.options())
        .transpose(1, 2);
}

std::tuple<at::Tensor, at::Tensor> attention(const at::Tensor& query, const at::Tensor&, const at::Tensor&,
                                             double, bool, const MaybeTensor&, std::optional<double>) {
    return {heads_inside(query),
            at::empty({query.size(0), query.size(2), query.size(1)}, query.options().dtype(at::kFloat))
                .transpose(1, 2)};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> attention_backward(const at::Tensor&, const at::Tensor& query,
                                                                  const at::Tensor& key,
                                                                  const at::Tensor& value, const at::Tensor&,
                                                                  const at::Tensor&, double, bool,
                                                                  const MaybeTensor&, std::optional<double>) {
    return {heads_inside(query), heads_inside(key), heads_inside(value)};
}

// Without it ATen would take its plain formula for the meta device, with all its large products.
at::Tensor fused_attention(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                           const MaybeTensor& mask, double dropout, bool is_causal,
                           std::optional<double> scale, bool) {
    return std::get<0>(
        at::_scaled_dot_product_flash_attention_for_cpu(query, key, value, dropout, is_causal, mask, scale));
}

at::Tensor mse_loss_backward(const at::Tensor&, const at::Tensor& predicted, const at::Tensor&,
                             std::int64_t) {
    return at::empty_like(predicted);
}

at::Tensor index_select(const at::Tensor& x, std::int64_t dim, const at::Tensor& index) {
    auto sizes = x.sizes().vec();
    sizes[static_cast<std::size_t>(dim < 0 ? dim + x.dim() : dim)] = index.numel();
    return at::empty(sizes, x.options());
}

TORCH_LIBRARY_IMPL(aten, Meta, m) {
    m.impl("convolution_overrideable", convolution);
    m.impl("convolution_backward_overrideable", convolution_backward);
    m.impl("native_group_norm", group_norm);
    m.impl("native_group_norm_backward", group_norm_backward);
    m.impl("native_layer_norm", layer_norm);
    m.impl("native_layer_norm_backward", layer_norm_backward);
    m.impl("_scaled_dot_product_flash_attention_for_cpu", attention);
    m.impl("_scaled_dot_product_flash_attention_for_cpu_backward", attention_backward);
    m.impl("index_select", index_select);
    m.impl("mse_loss_backward", mse_loss_backward);
}
TORCH_LIBRARY_IMPL(aten, AutogradMeta, m) { m.impl("scaled_dot_product_attention", fused_attention); }

// Stands in for the allocator of meta tensors, which gives out nothing; so does this one, and counts.
class CountingAllocator : public c10::Allocator {
  public:
    c10::DataPtr allocate(std::size_t bytes) override {
        const auto size = static_cast<std::int64_t>(bytes);
        now_ += size;
        peak_ = std::max(peak_.load(), now_.load());
        return {nullptr, new std::int64_t(size), &give_back, at::kMeta};
    }
    void copy_data(void*, const void*, std::size_t) const override {}

    static CountingAllocator& instance() {
        static auto* allocator = new CountingAllocator;  // never goes: tensors may outlive a rehearsal
        return *allocator;
    }
    std::atomic<std::int64_t> now_{0}, peak_{0};

  private:
    static void give_back(void* context) {
        const auto* size = static_cast<std::int64_t*>(context);
        instance().now_ -= *size;
        delete size;
    }
};

}  // namespace

Rehearsal::Rehearsal(at::Device device) {
    base::expects(!is_running.exchange(true), "one rehearsal at a time");
    is_of_gpu = device.is_cuda();
    c10::SetAllocator(at::kMeta, &CountingAllocator::instance(), kBeforeTheUsualOne);
    forget_peak();
}

// The allocator stays: it costs nothing, and tensors may still be given back to it.
Rehearsal::~Rehearsal() { is_running = is_of_gpu = false; }

bool Rehearsal::is_for_gpu() { return is_of_gpu; }

std::int64_t Rehearsal::now_bytes() const { return CountingAllocator::instance().now_; }
std::int64_t Rehearsal::peak_bytes() const { return CountingAllocator::instance().peak_; }
void Rehearsal::forget_peak() {
    CountingAllocator::instance().peak_ = CountingAllocator::instance().now_.load();
}

}  // namespace lorikeet::tensor
