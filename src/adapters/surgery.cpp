#include "adapters/surgery.hpp"

#include <ATen/core/grad_mode.h>

#include "base/error.hpp"

namespace lorikeet::adapters {

std::vector<std::string> merge(const LoraFile& file, const std::vector<Target>& targets, double strength) {
    const at::NoGradGuard no_grad;
    auto fitting = fit(file, targets);
    for (const auto& given : fitting.given) {
        auto& weight = *given.target.weight;
        base::expects(weight.defined(), "merging follows loading");
        const double scale = strength * given.alpha / static_cast<double>(given.down.size(0));
        const auto delta = low_rank_delta(given.down, given.up, scale).to(weight.device());
        weight = (weight.to(at::kFloat) + delta).to(weight.scalar_type());
    }
    return fitting.unknown;
}

}  // namespace lorikeet::adapters
