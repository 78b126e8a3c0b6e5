#include "train/pending_step.hpp"

#include <utility>

namespace lorikeet::train {

PendingStep::PendingStep(std::int64_t step, std::vector<std::size_t> images, const at::Tensor& loss,
                         const at::Tensor& norm, const at::Tensor& loss_scale)
    : step_(step),
      images_(std::move(images)),
      all_(at::stack({loss.to(at::kDouble), (norm.defined() ? norm : loss).to(at::kDouble),
                      loss_scale.defined() ? loss_scale.to(at::kDouble)
                                           : at::zeros({}, loss.options().dtype(at::kDouble))})) {}

PendingStep::Numbers PendingStep::numbers() {
    const auto all = all_.wait();
    return {all[0].item<double>(), all[1].item<double>(), all[2].item<double>()};
}

}  // namespace lorikeet::train
