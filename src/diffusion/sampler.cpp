#include "diffusion/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lorikeet::diffusion {
namespace {

std::vector<float> table_of(const Schedule& schedule, float least = 0) {
    const auto table = schedule.alpha_bar.to(at::kCPU).clamp_min(least).contiguous();
    const auto* first = table.const_data_ptr<float>();
    return {first, first + table.numel()};
}

void report(const SamplerOptions& options, std::int64_t done) {
    if (options.on_step) options.on_step(done);
}

// The timestep of DDIM's i-th step of `count`.
std::int64_t ddim_timestep(const Schedule& schedule, std::int64_t count, std::int64_t i) {
    if (schedule.terminal == Terminal::Trace) return (count - 1 - i) * (schedule.steps() / count) + 1;
    const double share = static_cast<double>(count - i) / static_cast<double>(count);
    return std::llrint(static_cast<double>(schedule.steps()) * share) - 1;
}

at::Tensor ddim(const Schedule& schedule, Prediction prediction, const SamplerOptions& options, at::Tensor x,
                const Predictor& predicted) {
    const auto alpha_bar = table_of(schedule);
    const auto stride = schedule.steps() / options.steps;
    for (std::int64_t i = 0; i < options.steps; ++i) {
        const auto t = ddim_timestep(schedule, options.steps, i);
        const double a = alpha_bar.at(static_cast<std::size_t>(t));
        const double a_next = alpha_bar.at(static_cast<std::size_t>(std::max<std::int64_t>(t - stride, 0)));
        const auto g = predicted(x, static_cast<double>(t)).to(at::kFloat);
        const bool epsilon = prediction == Prediction::Epsilon;
        const auto noise = epsilon ? g : std::sqrt(a) * g + std::sqrt(1 - a) * x;
        const auto clean = epsilon ? (x - std::sqrt(1 - a) * g) / std::sqrt(a)
                                   : std::sqrt(a) * x - std::sqrt(1 - a) * g;
        x = std::sqrt(a_next) * clean + std::sqrt(1 - a_next) * noise;
        report(options, i + 1);
    }
    return x;
}

// Noise levels of Euler's steps, from the highest to 0, and the timesteps at which they lie.
struct Levels {
    std::vector<double> timesteps;
    std::vector<double> sigmas;  // one more
};

Levels levels_of(const Schedule& schedule, std::int64_t steps) {
    constexpr float kLeast = 1.0F / (1 << 24);
    const auto alpha_bar = table_of(schedule, schedule.terminal == Terminal::Nothing ? kLeast : 0);
    const auto last = static_cast<double>(schedule.steps() - 1);
    const auto sigma = [&](std::size_t t) { return std::sqrt((1 - alpha_bar[t]) / alpha_bar[t]); };
    Levels levels;
    for (std::int64_t i = steps - 1; i >= 0; --i) {
        const double exact = steps == 1 ? 0 : last * static_cast<double>(i) / static_cast<double>(steps - 1);
        const auto t = static_cast<double>(static_cast<float>(exact));  // as the reference holds it
        const auto below = static_cast<std::size_t>(t);
        const auto above = std::min(below + 1, alpha_bar.size() - 1);
        const double fraction = t - static_cast<double>(below);
        levels.timesteps.push_back(t);
        levels.sigmas.push_back(sigma(below) + fraction * (sigma(above) - sigma(below)));
    }
    levels.sigmas.push_back(0);
    return levels;
}

// Where the step goes without the fresh noise, and how much of that is added afterwards.
struct EulerStep {
    double down;
    double up;
};

EulerStep euler_step(settings::SamplerKind kind, double from, double to) {
    if (kind == settings::SamplerKind::Euler) return {to, 0};
    const double up = std::sqrt(to * to * (from * from - to * to) / (from * from));
    return {std::sqrt(to * to - up * up), up};
}

at::Tensor euler(const Schedule& schedule, Prediction prediction, const SamplerOptions& options, at::Tensor x,
                 const Predictor& predicted, at::Generator& generator) {
    const auto [timesteps, sigmas] = levels_of(schedule, options.steps);
    x = x * sigmas.front();
    for (std::size_t i = 0; i < timesteps.size(); ++i) {
        const double s = sigmas[i];
        const auto g = predicted(x / std::sqrt(s * s + 1), timesteps[i]).to(at::kFloat);
        const auto slope = prediction == Prediction::Epsilon
                               ? g
                               : g / std::sqrt(s * s + 1) + x * (s / (s * s + 1));  // (x - clean) / s
        const auto [down, up] = euler_step(options.kind, s, sigmas[i + 1]);
        x = x + slope * (down - s);
        // Drawn in the last step too, though nothing of it is used there: so does the reference.
        if (options.kind == settings::SamplerKind::EulerA)
            x = x + at::randn(x.sizes(), generator, at::kFloat).to(x.device()) * up;
        report(options, static_cast<std::int64_t>(i) + 1);
    }
    return x;
}

}  // namespace

at::Tensor sample(const Schedule& schedule, Prediction prediction, const SamplerOptions& options,
                  const at::Tensor& start_noise, const Predictor& predicted, at::Generator& generator) {
    const at::NoGradGuard no_grad;
    const auto most = schedule.steps() - 1;
    if (options.steps < 1 || options.steps > most)
        base::fail(base::ErrorCode::InvalidInput,
                   fmt::format("An image cannot be made in {}.", base::counted(options.steps, "step")),
                   fmt::format("Choose 1 to {} steps; 20 to 30 are usual.", most));
    const auto x = start_noise.to(at::kFloat);
    if (options.kind == settings::SamplerKind::Ddim) return ddim(schedule, prediction, options, x, predicted);
    return euler(schedule, prediction, options, x, predicted, generator);
}

}  // namespace lorikeet::diffusion
