// Adam with weight decay kept apart from the gradient.
//
// Dtype, Init, state: see optim/element_wise.hpp; the averages are "exp_avg" and "exp_avg_sq", torch's own words.
// Source   Loshchilov and Hutter 2019, arXiv:1711.05101, as torch.optim.AdamW computes it.
// Golden   tests/golden/adamw.safetensors
// Throws   what ElementWise throws; Error{InvalidInput} for betas outside [0, 1) or an eps that is not
// positive.
#pragma once

#include <vector>

#include "optim/element_wise.hpp"
#include "settings/optim.hpp"

namespace lorikeet::optim {

class AdamW : public ElementWise {
  public:
    AdamW(std::vector<ParamGroup> groups, const settings::AdamW& settings);

  protected:
    void move(const Rows& rows, double lr) override;
    void move_queued(const Rows& rows, const at::Tensor& lr, const at::Tensor& broken) override;

  private:
    settings::AdamW settings_;
};

}  // namespace lorikeet::optim
