// A rule of optimisation that only tests have: one class and one row. While a base::ScopedRow of it lives, jobs that ask for
// AdamW are trained by it.
#pragma once

#include <memory>
#include <vector>

#include <ATen/core/grad_mode.h>

#include "optim/rules.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::support {

// Each weight goes a step of the same length, in the direction of a sum of its gradients.
class Sign : public optim::Optimizer {
  public:
    explicit Sign(std::vector<optim::ParamGroup> all) : Optimizer(std::move(all)) {
        for (const auto& group : groups())
            for (std::size_t i = 0; i < group.names.size(); ++i)
                sums_[group.names[i] + ".sum"] = at::zeros_like(group.tensors[i].detach());
    }
    void step(double rate) override {
        const at::NoGradGuard no_gradient;
        for (const auto& group : groups())
            for (std::size_t i = 0; i < group.names.size(); ++i) {
                if (!group.tensors[i].grad().defined()) continue;
                auto& sum = sums_.at(group.names[i] + ".sum");
                sum.mul_(0.9).add_(group.tensors[i].grad());
                group.tensors[i].sub_(sum.sign(), rate * group.lr);
            }
    }
    tensor::NamedTensors state() const override { return sums_; }
    void load_state(const tensor::NamedTensors& state) override {
        for (auto& [name, sum] : sums_) sum = optim::fitting_state(state, name, sum);
    }
    std::int64_t state_bytes() const override {
        std::int64_t numbers = 0;
        for (const auto& [name, sum] : sums_) numbers += sum.numel();
        return 4 * numbers;
    }

  private:
    tensor::NamedTensors sums_;
};

inline const optim::RuleFacts kSign{
    settings::OptimRule::AdamW,
    [](std::vector<optim::ParamGroup> groups, const settings::Optim&) -> std::unique_ptr<optim::Optimizer> {
        return std::make_unique<Sign>(std::move(groups));
    },
    4, 0.01, "toys.Sign"};

}  // namespace lorikeet::support
