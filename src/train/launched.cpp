#include "train/launched.hpp"

#include <utility>

namespace lorikeet::train {

Launched::Launched(std::int64_t step, std::vector<std::size_t> pictures, const at::Tensor& loss,
                   const at::Tensor& norm)
    : step_(step),
      pictures_(std::move(pictures)),
      both_(at::stack({loss.to(at::kDouble), (norm.defined() ? norm : loss).to(at::kDouble)})) {}

Launched::Numbers Launched::numbers() {
    const auto both = both_.wait();
    return {both[0].item<double>(), both[1].item<double>()};
}

}  // namespace lorikeet::train
