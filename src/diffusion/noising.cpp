#include "diffusion/noising.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::diffusion {

at::Tensor draw_noise(const at::Tensor& latents, double noise_offset, at::Generator& generator) {
    auto noise = at::randn(latents.sizes(), generator, at::kFloat);
    if (noise_offset != 0)
        noise.add_(at::randn({latents.size(0), latents.size(1), 1, 1}, generator, at::kFloat), noise_offset);
    return noise.to(latents.options());
}

at::Tensor draw_timesteps(std::int64_t batch, std::int64_t first, std::int64_t end,
                          at::Generator& generator) {
    if (first < 0 || end <= first)
        base::fail(base::ErrorCode::InvalidInput,
                   fmt::format("There is no timestep from {} up to, not including, {}.", first, end),
                   "noise.min_timestep must be at least 0 and below noise.max_timestep.");
    return at::randint(first, end, {batch}, generator, at::kLong);
}

at::Tensor add_noise(const Schedule& schedule, const at::Tensor& latents, const at::Tensor& noise,
                     const at::Tensor& timesteps) {
    const auto a = schedule.alpha_bar_of(timesteps).to(latents.options());
    return a.sqrt() * latents + (1 - a).sqrt() * noise;
}

}  // namespace lorikeet::diffusion
