// Adam with weight decay kept apart from the gradient.
//
// Init     both moments 0; made at the first step of each parameter, so a model that is never trained costs
//          nothing.
// Source   Loshchilov and Hutter 2019, arXiv:1711.05101, as torch.optim.AdamW computes it.
// Golden   tests/golden/adamw.safetensors
// Throws   what Optimizer throws; Error{InvalidInput} for betas outside [0, 1) or an eps that is not
// positive.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "optim/optimizer.hpp"
#include "settings/optim.hpp"

namespace lorikeet::optim {

class AdamW : public Optimizer {
  public:
    AdamW(std::vector<ParamGroup> groups, const settings::AdamW& settings);
    void step(double rate) override;
    void step_queued(const at::Tensor& rates, const at::Tensor& broken) override;
    bool can_be_recorded() const override { return true; }
    // "<parameter>.exp_avg", ".exp_avg_sq", ".step": torch's own words.
    tensor::NamedTensors state() const override;
    void load_state(const tensor::NamedTensors& state) override;
    std::int64_t state_bytes() const override;

  private:
    struct Moments {
        at::Tensor mean;    // of the gradients
        at::Tensor square;  // of their squares
        at::Tensor steps;   // 0-D float32: the fused kernel counts in it
    };
    // The tensors of a group that have a gradient, side by side.
    struct Rows {
        std::vector<at::Tensor> parameters, gradients, means, squares, steps;
    };
    Rows rows_of(const ParamGroup& group);
    Moments& moments_of(const std::string& name, const at::Tensor& parameter);

    settings::AdamW settings_;
    std::map<std::string, Moments> moments_;
};

}  // namespace lorikeet::optim
