#include "optim/adamw.hpp"

#include <utility>

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
    : ElementWise(std::move(groups), {"exp_avg", "exp_avg_sq"}), settings_(settings) {
    check(settings_);
}

// One call for all stretches of a group.
void AdamW::move(const Rows& rows, double lr) {
    at::_fused_adamw_(rows.weights, rows.gradients, rows.averages[0], rows.averages[1],
                      /*max_exp_avg_sqs=*/{}, rows.steps, lr, settings_.betas[0], settings_.betas[1],
                      settings_.weight_decay, settings_.eps, /*amsgrad=*/false, /*maximize=*/false);
}

void AdamW::move_queued(const Rows& rows, const at::Tensor& lr, const at::Tensor& broken) {
    at::_fused_adamw_(rows.weights, rows.gradients, rows.averages[0], rows.averages[1],
                      /*max_exp_avg_sqs=*/{}, rows.steps, lr, settings_.betas[0], settings_.betas[1],
                      settings_.weight_decay, settings_.eps, /*amsgrad=*/false, /*maximize=*/false,
                      /*grad_scale=*/{},
                      /*found_inf=*/broken);
}

}  // namespace lorikeet::optim
