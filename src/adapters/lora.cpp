#include "adapters/lora.hpp"

#include <cmath>

#include <fmt/format.h>

#include "adapters/low_rank.hpp"
#include "base/error.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::adapters {
namespace {

at::Tensor fresh_down(const nn::ConvShape& shape, bool is_conv, std::int64_t rank, at::Generator generator) {
    const auto fan_in = static_cast<double>(shape.in * shape.kernel * shape.kernel);
    const double bound = 1 / std::sqrt(fan_in);  // Kaiming uniform with a = sqrt 5
    auto down = is_conv ? at::empty({rank, shape.in, shape.kernel, shape.kernel}, at::kFloat)
                        : at::empty({rank, shape.in}, at::kFloat);
    return down.uniform_(-bound, bound, generator);
}

// 1 x 1 kernels are matrices.
at::Tensor as_matrix(const at::Tensor& kernel) { return kernel.flatten(1); }

}  // namespace

Lora::Lora(const Target& target, std::int64_t rank, double wanted_alpha, const Control& control,
           std::uint64_t index)
    : shape_(target.shape), control_(control), index_(index) {
    if (rank < 1 || !std::isfinite(wanted_alpha))
        base::fail(base::ErrorCode::InvalidInput,
                   fmt::format("A LoRA cannot have rank {} and alpha {}.", rank, wanted_alpha),
                   "adapter.rank is a whole number from 1 on, adapter.alpha any number; 16 and 8 are usual.");
    alpha = wanted_alpha == 0 ? static_cast<double>(rank) : wanted_alpha;
    down = fresh_down(shape_, target.is_conv, rank,
                      tensor::generator(control.seed, tensor::Stream::Init, index));
    up = target.is_conv ? at::zeros({shape_.out, rank, 1, 1}, at::kFloat)
                        : at::zeros({shape_.out, rank}, at::kFloat);
}

at::Tensor Lora::apply(const at::Tensor& x, const at::Tensor& y) const {
    if (control_.strength == 0) return y;
    const double factor = control_.strength * scale();
    const bool is_picture = down.dim() == 4;
    if (shape_.kernel == 1 && shape_.stride == 1) {
        const auto rows = y.numel() / shape_.out;
        return add_low_rank(x, y, {as_matrix(down), as_matrix(up), factor, dropout_mask({rows, rank()}, y)},
                            is_picture ? Layout::Planes : Layout::FeaturesLast);
    }
    auto hidden = at::conv2d(x, down, {}, shape_.stride, shape_.padding);
    if (const auto mask = dropout_mask(hidden.sizes(), hidden); mask.defined()) hidden = hidden * mask;
    return y + at::conv2d(hidden, up) * factor;
}

// Derived from the place of the draw alone, so a forward pass that is computed again, and a run that is
// resumed, leave out the same.
at::Tensor Lora::dropout_mask(at::IntArrayRef sizes, const at::Tensor& like) const {
    if (control_.dropout <= 0) return {};
    auto generator = tensor::generator(control_.seed, tensor::Stream::Dropout, control_.draw, index_);
    auto mask = at::empty(sizes, at::kFloat).bernoulli_(1 - control_.dropout, generator);
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
