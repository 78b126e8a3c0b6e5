#include "adapters/lora.hpp"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "tensor/gpu_kernel.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::adapters {
namespace {

at::Tensor fresh_down(const Target& target, std::int64_t rank, at::Generator generator) {
    if (rank < 1)
        base::fail(base::ErrorCode::InvalidInput, fmt::format("A LoRA cannot have rank {}.", rank),
                   "adapter.rank is a whole number from 1 on; 16 is usual.");
    const auto& shape = target.shape;
    const auto fan_in = static_cast<double>(shape.in * shape.kernel * shape.kernel);
    const double bound = 1 / std::sqrt(fan_in);  // Kaiming uniform with a = sqrt 5
    auto down = target.is_conv ? at::empty({rank, shape.in, shape.kernel, shape.kernel}, at::kFloat)
                               : at::empty({rank, shape.in}, at::kFloat);
    return down.uniform_(-bound, bound, generator);
}

at::Tensor fresh_up(const Target& target, std::int64_t rank) {
    return target.is_conv ? at::zeros({target.shape.out, rank, 1, 1}, at::kFloat)
                          : at::zeros({target.shape.out, rank}, at::kFloat);
}

// 1 x 1 kernels are matrices.
at::Tensor as_matrix(const at::Tensor& kernel) { return kernel.flatten(1); }

}  // namespace

Lora::Lora(const Target& target, std::int64_t rank, double wanted_alpha, const Control& control,
           std::uint64_t index)
    : Lora(target, fresh_down(target, rank, tensor::generator(control.seed, tensor::Stream::Init, index)),
           fresh_up(target, rank), wanted_alpha, control, index) {}

Lora::Lora(const Target& target, at::Tensor given_down, at::Tensor given_up, double wanted_alpha,
           const Control& control, std::uint64_t index)
    : down(std::move(given_down)),
      up(std::move(given_up)),
      alpha(wanted_alpha == 0 ? static_cast<double>(down.size(0)) : wanted_alpha),
      shape_(target.shape),
      control_(control),
      index_(index) {
    if (!std::isfinite(alpha))
        base::fail(base::ErrorCode::InvalidInput, "The alpha of a LoRA is not a number.",
                   "adapter.alpha is usually half of adapter.rank, or equal to it.");
}

at::Tensor Lora::apply(const at::Tensor& x, const at::Tensor& y) const {
    if (control_.strength == 0) return y;
    const double factor = control_.strength * scale();
    const bool is_image = down.dim() == 4;
    if (shape_.kernel == 1 && shape_.stride == 1) {
        const auto factors = factors_for(y.numel() / shape_.out, y);
        return add_low_rank(x, y, factors, is_image ? Layout::Planes : Layout::FeaturesLast);
    }
    const auto type = y.scalar_type();
    auto hidden = at::conv2d(x.to(type), down.to(type), {}, shape_.stride, shape_.padding);
    if (const auto mask = dropout_mask(hidden.sizes(), hidden); mask.defined()) hidden = hidden * mask;
    return y + at::conv2d(hidden, up.to(type)) * factor;
}

at::Tensor Lora::linear(const at::Tensor& x, const nn::Linear& layer) const {
    const bool is_frozen = layer.frozen != nullptr ||
                           (tensor::counts_as_gpu(x) && !layer.weight.requires_grad() &&
                            layer.weight.scalar_type() == x.scalar_type());
    if (!is_frozen || control_.strength == 0 || down.dim() != 2) return Adapter::linear(x, layer);
    return linear_with_low_rank(x, layer, factors_for(x.numel() / shape_.in, x));
}

LowRank Lora::factors_for(std::int64_t rows, const at::Tensor& like) const {
    LowRank factors{as_matrix(down), as_matrix(up), control_.strength * scale(),
                    dropout_mask({rows, rank()}, like)};
    if (control_.cast) factors.down_cast = down_cast, factors.up_cast = up_cast;
    return factors;
}

// Derived from the place of the draw alone, so a forward pass that is computed again, and a run that is
// resumed, leave out the same.
at::Tensor Lora::dropout_mask(at::IntArrayRef sizes, const at::Tensor& like) const {
    if (control_.dropout <= 0) return {};
    auto generator = tensor::generator(control_.seed, tensor::Stream::Dropout, control_.draw, index_);
    const auto [first, count, total] = control_.window;
    const auto rows = sizes[0] / count;  // of one image
    auto whole = sizes.vec();
    whole[0] = rows * total;
    auto mask = at::empty(whole, at::kFloat).bernoulli_(1 - control_.dropout, generator);
    mask = mask.narrow(0, rows * first, sizes[0]);
    return mask.div_(1 - control_.dropout).to(like.options());
}

at::Tensor Lora::delta() const { return low_rank_delta(down.detach(), up.detach(), scale()); }

at::Tensor low_rank_delta(const at::Tensor& down, const at::Tensor& up, double scale) {
    const auto a = down.to(at::kFloat), b = up.to(at::kFloat);
    const auto product = at::mm(as_matrix(b), as_matrix(a)) * scale;
    if (down.dim() == 2) return product;
    return product.view({up.size(0), down.size(1), down.size(2), down.size(3)});
}

}  // namespace lorikeet::adapters
