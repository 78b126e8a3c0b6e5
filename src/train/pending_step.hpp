// A step that was handed to its device and may still be at work there. Its loss and norm are read when they are there, a step
// late on a GPU, so that the next step is queued while this one runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <ATen/ATen.h>

#include "tensor/transfer.hpp"

namespace lorikeet::train {

class PendingStep {
  public:
    // `step` counts from 0; `images` are those that it was made with; loss and norm are
    // []; the norm is undefined where it was not worked out, the loss scale (after it) where there is none.
    PendingStep(std::int64_t step, std::vector<std::size_t> images, const at::Tensor& loss,
                const at::Tensor& norm, const at::Tensor& loss_scale = {});

    struct Numbers {
        double loss = 0;
        double norm = 0;
        double loss_scale = 0;  // 0: none
    };
    // Waits for the device.
    Numbers numbers();
    std::int64_t step() const { return step_; }
    const std::vector<std::size_t>& images() const { return images_; }

  private:
    std::int64_t step_;
    std::vector<std::size_t> images_;
    tensor::ReadBack all_;
};

}  // namespace lorikeet::train
