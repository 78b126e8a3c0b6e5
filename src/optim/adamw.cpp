#include "optim/adamw.hpp"

#include <set>
#include <utility>

#include <ATen/core/grad_mode.h>
#include "base/error.hpp"

namespace lorikeet::optim {
namespace {

void check(const settings::AdamW& settings) {
    const auto& betas = settings.betas;
    if (betas.size() != 2 || betas[0] < 0 || betas[0] >= 1 || betas[1] < 0 || betas[1] >= 1)
        base::fail(base::ErrorCode::InvalidInput, "AdamW wants two betas, each from 0 to below 1.",
                   "The usual ones are optim.adamw.betas = [0.9, 0.999].");
    if (!(settings.eps > 0))
        base::fail(base::ErrorCode::InvalidInput, "AdamW wants an eps above 0.",
                   "The usual one is optim.adamw.eps = 1e-8.");
}

}  // namespace

AdamW::AdamW(std::vector<ParamGroup> groups, const settings::AdamW& settings)
    : Optimizer(std::move(groups)), settings_(settings) {
    check(settings_);
}

AdamW::Moments& AdamW::moments_of(const std::string& name, const at::Tensor& parameter) {
    auto& moments = moments_[name];
    if (!moments.mean.defined()) {
        moments.mean = at::zeros_like(parameter);
        moments.square = at::zeros_like(parameter);
        moments.steps = at::zeros({}, parameter.options());
    }
    return moments;
}

void AdamW::step(double rate) {
    const at::NoGradGuard no_grad;
    for (const auto& group : groups()) step_group(group, rate * group.lr);
}

// One call for all tensors of the group: fused kernels are several times as fast as a loop over tensors.
void AdamW::step_group(const ParamGroup& group, double lr) {
    std::vector<at::Tensor> parameters, gradients, means, squares, steps;
    for (std::size_t i = 0; i < group.tensors.size(); ++i) {
        const auto& parameter = group.tensors[i];
        if (!parameter.grad().defined()) continue;
        auto& moments = moments_of(group.names[i], parameter);
        parameters.push_back(parameter);
        gradients.push_back(parameter.grad());
        means.push_back(moments.mean);
        squares.push_back(moments.square);
        steps.push_back(moments.steps);
    }
    if (parameters.empty()) return;
    at::_foreach_add_(steps, 1);
    at::_fused_adamw_(parameters, gradients, means, squares, /*max_exp_avg_sqs=*/{}, steps, lr,
                      settings_.betas[0], settings_.betas[1], settings_.weight_decay, settings_.eps,
                      /*amsgrad=*/false, /*maximize=*/false);
}

tensor::NamedTensors AdamW::state() const {
    tensor::NamedTensors state;
    for (const auto& [name, moments] : moments_) {
        state[name + ".exp_avg"] = moments.mean;
        state[name + ".exp_avg_sq"] = moments.square;
        state[name + ".step"] = moments.steps;
    }
    return state;
}

void AdamW::load_state(const tensor::NamedTensors& state) {
    std::map<std::string, Moments> loaded;
    for (const auto& group : groups())
        for (std::size_t i = 0; i < group.names.size(); ++i) {
            const auto& name = group.names[i];
            if (!state.contains(name + ".step")) continue;  // it had no gradient yet
            const auto& like = group.tensors[i];
            loaded[name] = {fitting_state(state, name + ".exp_avg", like),
                            fitting_state(state, name + ".exp_avg_sq", like),
                            fitting_state(state, name + ".step", at::zeros({}, like.options()))};
        }
    if (loaded.size() * 3 != state.size())
        base::fail(base::ErrorCode::Corrupt,
                   "The saved state of the optimizer names parameters that this run does not have.",
                   "The state belongs to another network; begin a new run instead of resuming this one.");
    moments_ = std::move(loaded);
}

}  // namespace lorikeet::optim
