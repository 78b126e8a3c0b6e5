#include "nn/time_embed.hpp"

#include <cmath>

#include "base/error.hpp"

namespace lorikeet::nn {

at::Tensor sinusoids(const at::Tensor& timesteps, std::int64_t features) {
    base::expects(features % 2 == 0, "as many sines as cosines");
    const auto half = features / 2;
    const auto options = at::TensorOptions().dtype(at::kFloat).device(timesteps.device());
    const auto steps = at::arange(half, options);                                                // [n]
    const auto frequencies = at::exp(steps * (-std::log(10000.0) / static_cast<double>(half)));  // [n]
    const auto angles = timesteps.to(at::kFloat).unsqueeze(1) * frequencies;                     // [B, n]
    return at::cat({at::cos(angles), at::sin(angles)}, 1);                                       // [B, 2n]
}

TimeEmbed::TimeEmbed(std::int64_t model_width)
    : width(model_width), first(model_width, 4 * model_width), second(4 * model_width, 4 * model_width) {}

at::Tensor TimeEmbed::operator()(const at::Tensor& timesteps) const {
    return second(at::silu(first(sinusoids(timesteps, width).to(first.weight.scalar_type()))));
}

void TimeEmbed::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    first.visit(visitor, "0");
    second.visit(visitor, "2");
}

at::Tensor VectorEmbed::operator()(const at::Tensor& y) const {
    return second(at::silu(first(y.to(first.weight.scalar_type()))));
}

void VectorEmbed::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    first.visit(visitor, "0");
    second.visit(visitor, "2");
}

}  // namespace lorikeet::nn
