// Flow matching in a few lines, by which the toy family learns and generates: times between 0 and 1, straight ways, Euler's steps.
#pragma once

#include "diffusion/processes.hpp"

namespace lorikeet::support {

class ToyFlow final : public diffusion::Process {
  public:
    at::Tensor draw_times(std::int64_t batch, std::int64_t first, std::int64_t end,
                          at::Generator& generator) const override {
        return (at::rand({batch}, generator) * static_cast<double>(end - first) +
                static_cast<double>(first)) /
               1000;
    }
    at::Tensor mix(const at::Tensor& latents, const at::Tensor& noise,
                   const at::Tensor& times) const override {
        const auto t = times.view({-1, 1, 1, 1});
        return (1 - t) * latents + t * noise;
    }
    std::string_view prediction_type() const override { return "flow"; }
    at::Tensor target(const at::Tensor& latents, const at::Tensor& noise, const at::Tensor&) const override {
        return noise - latents;
    }
    at::Tensor weights(const at::Tensor& times, double) const override { return at::ones_like(times); }
    at::Tensor sample(const diffusion::SamplerOptions& options, const at::Tensor& start_noise,
                      const diffusion::Predictor& predict, at::Generator&) const override {
        auto x = start_noise;
        const double step = 1.0 / static_cast<double>(options.steps);
        for (std::int64_t i = 0; i < options.steps; ++i) {
            x = x - step * predict(x, 1 - static_cast<double>(i) * step).to(at::kFloat);
            if (options.on_step) options.on_step(i + 1);
        }
        return x;
    }
};

}  // namespace lorikeet::support
