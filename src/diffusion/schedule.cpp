#include "diffusion/schedule.hpp"

#include <cmath>

namespace lorikeet::diffusion {
namespace {

constexpr double kBetaFirst = 0.00085;
constexpr double kBetaLast = 0.012;
constexpr std::int64_t kSteps = 1000;

at::Tensor gather(const at::Tensor& table, const at::Tensor& timesteps) {
    return table.to(timesteps.device()).index_select(0, timesteps);
}

}  // namespace

Schedule make_schedule(Terminal terminal, at::Device device) {
    const auto beta = at::linspace(std::sqrt(kBetaFirst), std::sqrt(kBetaLast), kSteps, at::kFloat).square();
    const auto alpha_bar = at::cumprod(1 - beta, 0);
    if (terminal == Terminal::Trace) return {alpha_bar.to(device), terminal};
    const auto root = alpha_bar.sqrt();  // of 0.99915 .. 0.00466
    const auto first = root[0], last = root[-1];
    return {((root - last) * (first / (first - last))).square().to(device), terminal};  // of 0.99915 .. 0
}

at::Tensor Schedule::alpha_bar_of(const at::Tensor& timesteps) const {
    return gather(alpha_bar, timesteps).view({-1, 1, 1, 1});
}

at::Tensor Schedule::snr_of(const at::Tensor& timesteps) const {
    const auto a = gather(alpha_bar, timesteps);
    return a / (1 - a);
}

}  // namespace lorikeet::diffusion
