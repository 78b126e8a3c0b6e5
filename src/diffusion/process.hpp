// How a family of models learns and generates: at which times it learns, what is left of the image there, what the network is
// to predict, how much an error counts, and the way from noise back to latents. Step, forecast and samples know no more.
//
// Shapes   latents, noise and results [B, C, h, w];  times [B], as the network takes them;  weights [B].
// Dtype    results have the dtype of the latents; weights and what sample() returns are float32.
// Throws   what diffusion/noising.hpp and diffusion/sampler.hpp throw.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <ATen/ATen.h>

#include "diffusion/sampler.hpp"
#include "diffusion/schedule.hpp"

namespace lorikeet::diffusion {

class Process {
  public:
    virtual ~Process() = default;
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    // Within [first, end) of the thousand places that the settings count in.
    virtual at::Tensor draw_times(std::int64_t batch, std::int64_t first, std::int64_t end,
                                  at::Generator& generator) const = 0;
    virtual at::Tensor mix(const at::Tensor& latents, const at::Tensor& noise,
                           const at::Tensor& times) const = 0;
    // What the network predicts, as metadata call it (modelspec.prediction_type): "epsilon", "v".
    virtual std::string_view prediction_type() const = 0;
    virtual at::Tensor target(const at::Tensor& latents, const at::Tensor& noise,
                              const at::Tensor& times) const = 0;
    // min-SNR's weights for a gamma.
    virtual at::Tensor weights(const at::Tensor& times, double gamma) const = 0;
    virtual at::Tensor sample(const SamplerOptions& options, const at::Tensor& start_noise,
                              const Predictor& predict, at::Generator& generator) const = 0;

  protected:
    Process() = default;
};

// That of Stable Diffusion 1, 2 and XL: a thousand timesteps.
class Ddpm final : public Process {
  public:
    Ddpm(Prediction prediction, Terminal terminal, at::Device device = at::kCPU);

    Prediction prediction() const { return prediction_; }
    std::string_view prediction_type() const override;
    const Schedule& schedule() const { return schedule_; }

    at::Tensor draw_times(std::int64_t batch, std::int64_t first, std::int64_t end,
                          at::Generator& generator) const override;
    at::Tensor mix(const at::Tensor& latents, const at::Tensor& noise,
                   const at::Tensor& times) const override;
    at::Tensor target(const at::Tensor& latents, const at::Tensor& noise,
                      const at::Tensor& times) const override;
    at::Tensor weights(const at::Tensor& times, double gamma) const override;
    at::Tensor sample(const SamplerOptions& options, const at::Tensor& start_noise, const Predictor& predict,
                      at::Generator& generator) const override;

  private:
    Prediction prediction_;
    Schedule schedule_;
};

}  // namespace lorikeet::diffusion
