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

AdamW::Rows AdamW::rows_of(const ParamGroup& group) {
    Rows rows;
    for (std::size_t i = 0; i < group.tensors.size(); ++i) {
        const auto& parameter = group.tensors[i];
        if (!parameter.grad().defined()) continue;
        auto& moments = moments_of(group.names[i], parameter);
        rows.parameters.push_back(parameter);
        rows.gradients.push_back(parameter.grad());
        rows.means.push_back(moments.mean);
        rows.squares.push_back(moments.square);
        rows.steps.push_back(moments.steps);
    }
    return rows;
}

// One call for all tensors of a group: fused kernels are several times as fast as a loop over tensors.
void AdamW::step(double rate) {
    const at::NoGradGuard no_grad;
    for (const auto& group : groups()) {
        const auto rows = rows_of(group);
        if (rows.parameters.empty()) continue;
        at::_foreach_add_(rows.steps, 1);
        at::_fused_adamw_(rows.parameters, rows.gradients, rows.means, rows.squares, /*max_exp_avg_sqs=*/{},
                          rows.steps, rate * group.lr, settings_.betas[0], settings_.betas[1],
                          settings_.weight_decay, settings_.eps, /*amsgrad=*/false, /*maximize=*/false);
    }
}

void AdamW::step_queued(const at::Tensor& rates, const at::Tensor& broken) {
    const at::NoGradGuard no_grad;
    const auto counts = 1 - broken;  // a step that moves nothing is not counted
    for (std::size_t i = 0; i < groups().size(); ++i) {
        const auto rows = rows_of(groups()[i]);
        if (rows.parameters.empty()) continue;
        at::_foreach_add_(rows.steps, counts);
        at::_fused_adamw_(rows.parameters, rows.gradients, rows.means, rows.squares, /*max_exp_avg_sqs=*/{},
                          rows.steps, rates[static_cast<std::int64_t>(i)], settings_.betas[0],
                          settings_.betas[1], settings_.weight_decay, settings_.eps, /*amsgrad=*/false,
                          /*maximize=*/false, /*grad_scale=*/{}, /*found_inf=*/broken);
    }
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

std::int64_t AdamW::state_bytes() const {
    constexpr std::int64_t kFloat = sizeof(float);
    std::int64_t bytes = 0;
    for (const auto& parameter : parameters()) bytes += (2 * parameter.numel() + 1) * kFloat;
    return bytes;
}

}  // namespace lorikeet::optim
