#include "diffusion/process.hpp"

#include "diffusion/loss.hpp"
#include "diffusion/noising.hpp"
#include "diffusion/target.hpp"

namespace lorikeet::diffusion {

Ddpm::Ddpm(Prediction prediction, Terminal terminal, at::Device device)
    : prediction_(prediction), schedule_(make_schedule(terminal, device)) {}

std::string_view Ddpm::prediction_type() const {
    return prediction_ == Prediction::Velocity ? "v" : "epsilon";
}

at::Tensor Ddpm::draw_times(std::int64_t batch, std::int64_t first, std::int64_t end,
                            at::Generator& generator) const {
    return draw_timesteps(batch, first, end, generator);
}

at::Tensor Ddpm::mix(const at::Tensor& latents, const at::Tensor& noise, const at::Tensor& times) const {
    return add_noise(schedule_, latents, noise, times);
}

at::Tensor Ddpm::target(const at::Tensor& latents, const at::Tensor& noise, const at::Tensor& times) const {
    return target_of(prediction_, schedule_, latents, noise, times);
}

at::Tensor Ddpm::weights(const at::Tensor& times, double gamma) const {
    return min_snr_weight(schedule_, times, prediction_, gamma);
}

at::Tensor Ddpm::sample(const SamplerOptions& options, const at::Tensor& start_noise,
                        const Predictor& predict, at::Generator& generator) const {
    return diffusion::sample(schedule_, prediction_, options, start_noise, predict, generator);
}

}  // namespace lorikeet::diffusion
