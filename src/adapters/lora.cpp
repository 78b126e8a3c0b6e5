#include "adapters/lora.hpp"

#include <array>
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

Lora::Lora(const Target& target, std::int64_t rank, double wanted_alpha, const ModuleControl& control,
           std::uint64_t index)
    : Lora(target, fresh_down(target, rank, tensor::generator(control.seed, tensor::Stream::Init, index)),
           fresh_up(target, rank), wanted_alpha == 0 ? static_cast<double>(rank) : wanted_alpha, control,
           index) {}

Lora::Lora(const Target& target, at::Tensor given_down, at::Tensor given_up, double given_alpha,
           const ModuleControl& control, std::uint64_t index)
    : Module(control),
      down(std::move(given_down)),
      up(std::move(given_up)),
      alpha(given_alpha),
      shape_(target.shape),
      index_(index) {
    if (!std::isfinite(alpha))
        base::fail(base::ErrorCode::InvalidInput, "The alpha of a LoRA is not a number.",
                   "adapter.alpha is usually half of adapter.rank, or equal to it.");
}

at::Tensor Lora::apply(const at::Tensor& x, const at::Tensor& y) const {
    if (control().strength == 0) return y;
    const double factor = control().strength * scale();
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
    if (!is_frozen || control().strength == 0 || down.dim() != 2) return Adapter::linear(x, layer);
    return linear_with_low_rank(x, layer, factors_for(x.numel() / shape_.in, x));
}

LowRank Lora::factors_for(std::int64_t rows, const at::Tensor& like) const {
    LowRank factors{as_matrix(down), as_matrix(up), control().strength * scale(),
                    dropout_mask({rows, rank()}, like)};
    if (control().cast) factors.down_cast = down_cast, factors.up_cast = up_cast;
    return factors;
}

// Derived from the place of the draw alone, so a forward pass that is computed again, and a run that is
// resumed, leave out the same.
at::Tensor Lora::dropout_mask(at::IntArrayRef sizes, const at::Tensor& like) const {
    if (control().dropout <= 0) return {};
    auto generator = tensor::generator(control().seed, tensor::Stream::Dropout, control().draw, index_);
    const auto [first, count, total] = control().window;
    const auto rows = sizes[0] / count;  // of one image
    auto whole = sizes.vec();
    whole[0] = rows * total;
    auto mask = at::empty(whole, at::kFloat).bernoulli_(1 - control().dropout, generator);
    mask = mask.narrow(0, rows * first, sizes[0]);
    return mask.div_(1 - control().dropout).to(like.options());
}

ModuleTensors Lora::tensors() {
    return {{{kDownEnding, &down, &down_cast}, {kUpEnding, &up, &up_cast}}, {{kAlphaEnding, &alpha}}};
}

at::Tensor Lora::delta(const at::Tensor&, double strength) const {
    return low_rank_delta(down, up, strength * alpha / static_cast<double>(rank()));
}

at::Tensor low_rank_delta(const at::Tensor& down, const at::Tensor& up, double scale) {
    const auto a = down.to(at::kFloat), b = up.to(at::kFloat);
    const auto product = at::mm(as_matrix(b), as_matrix(a)) * scale;
    if (down.dim() == 2) return product;
    return product.view({up.size(0), down.size(1), down.size(2), down.size(3)});
}

namespace {

const at::Tensor& part(const LayerTensors& layer, std::string_view ending) {
    static const at::Tensor missing;
    const auto found = layer.find(ending);
    return found == layer.end() ? missing : found->second;
}

std::optional<std::string> settle_lora(LayerTensors& layer) {
    const auto &down = part(layer, kDownEnding), &up = part(layer, kUpEnding);
    if (!down.defined()) return "has no lora_down.weight";
    if (!up.defined()) return "has no lora_up.weight";
    const bool matrices = down.dim() == 2 && up.dim() == 2;
    const bool kernels = down.dim() == 4 && up.dim() == 4 && up.size(2) == 1 && up.size(3) == 1;
    if (!at::isFloatingType(down.scalar_type()) || !at::isFloatingType(up.scalar_type()))
        return "does not hold floating point numbers";
    if ((!matrices && !kernels) || down.numel() == 0 || up.numel() == 0 || up.size(1) != down.size(0))
        return fmt::format("has lora_down {} and lora_up {}, which do not belong together", shape_text(down),
                           shape_text(up));
    const auto& told = part(layer, kAlphaEnding);
    const double alpha = told.defined() ? told.item<double>() : 0;
    if (!std::isfinite(alpha)) return "has an alpha that is not a number";
    if (alpha == 0)
        layer[std::string(kAlphaEnding)] = at::scalar_tensor(static_cast<double>(down.size(0)), at::kDouble);
    return std::nullopt;
}

// The tensor in the form that the layer has; undefined when it cannot be.
at::Tensor in_form_of(const Target& target, const at::Tensor& tensor, at::IntArrayRef kernel) {
    if (target.is_conv && tensor.dim() == 4) return tensor;
    if (target.is_conv && kernel[0] == 1) return tensor.view({tensor.size(0), tensor.size(1), 1, 1});
    if (!target.is_conv && tensor.dim() == 2) return tensor;
    if (!target.is_conv && tensor.size(2) == 1 && tensor.size(3) == 1) return tensor.flatten(1);
    return {};
}

LayerTensors fit_lora(const Target& target, const LayerTensors& layer) {
    const auto& shape = target.shape;
    const auto &given_down = part(layer, kDownEnding), &given_up = part(layer, kUpEnding);
    const std::array<std::int64_t, 1> kernel{shape.kernel};
    auto down = in_form_of(target, given_down, kernel);
    auto up = in_form_of(target, given_up, {1});
    const bool fits = down.defined() && up.defined() && down.size(1) == shape.in && up.size(0) == shape.out &&
                      (!target.is_conv || (down.size(2) == shape.kernel && down.size(3) == shape.kernel));
    const bool swapped = given_down.size(0) == shape.out && given_up.size(1) == shape.in;
    if (!fits)
        base::fail(
            base::ErrorCode::Corrupt,
            fmt::format(
                "The LoRA's {} has lora_down {} and lora_up {}; this model's layer goes from {} to {}.",
                target.name, shape_text(given_down), shape_text(given_up), shape.in, shape.out),
            swapped ? "lora_down and lora_up are swapped in this layer; save it again with the program that "
                      "made it."
                    : "The LoRA was made for another kind of model.");
    return {{std::string(kDownEnding), std::move(down)},
            {std::string(kUpEnding), std::move(up)},
            {std::string(kAlphaEnding), part(layer, kAlphaEnding)}};
}

ModuleFacts facts_of_lora(const LayerTensors& layer) {
    return {part(layer, kDownEnding).size(0), part(layer, kAlphaEnding).item<double>()};
}

// A product is zero where either factor is.
bool lora_adds_zero(const LayerTensors& layer) {
    const auto is_zero = [](const at::Tensor& factor) { return !factor.to(at::kFloat).any().item<bool>(); };
    return is_zero(part(layer, kUpEnding)) || is_zero(part(layer, kDownEnding));
}

std::unique_ptr<Module> fresh_lora(const Target& target, const FreshOptions& options,
                                   const ModuleControl& control, std::uint64_t index) {
    return std::make_unique<Lora>(target, options.rank, options.alpha, control, index);
}

std::unique_ptr<Module> lora_from(const Target& target, const LayerTensors& layer,
                                  const ModuleControl& control, std::uint64_t index) {
    return std::make_unique<Lora>(target, part(layer, kDownEnding), part(layer, kUpEnding),
                                  part(layer, kAlphaEnding).item<double>(), control, index);
}

std::int64_t numbers_of_lora(const nn::ConvShape& shape, std::int64_t rank) {
    return rank * (shape.in * shape.kernel * shape.kernel + shape.out);
}

constexpr std::array kLoraParameters{kDownEnding, kUpEnding};
constexpr std::array kLoraBuffers{kAlphaEnding};

}  // namespace

constexpr Kind kPlainLora{.name = "lora",
                          .words = "a LoRA",
                          .parameters = kLoraParameters,
                          .buffers = kLoraBuffers,
                          .has_rank = true,
                          .settle = settle_lora,
                          .fit = fit_lora,
                          .facts = facts_of_lora,
                          .adds_zero = lora_adds_zero,
                          .fresh = fresh_lora,
                          .from = lora_from,
                          .numbers = numbers_of_lora,
                          .kohya_module = "networks.lora",
                          .kohya_args = "{}"};

LayerTensors lora_tensors(at::Tensor down, at::Tensor up, double alpha) {
    return {{std::string(kDownEnding), std::move(down)},
            {std::string(kUpEnding), std::move(up)},
            {std::string(kAlphaEnding), at::scalar_tensor(alpha, at::kDouble)}};
}

}  // namespace lorikeet::adapters
