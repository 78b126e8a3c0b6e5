#include "tensor/check.hpp"

namespace lorikeet::tensor {

bool all_finite(std::span<const at::Tensor> tensors) {
    at::Tensor sum;
    for (const auto& tensor : tensors) {
        if (!tensor.defined() || !at::isFloatingType(tensor.scalar_type())) continue;
        // x * 0 is 0 for a number and NaN for the rest, and sums keep NaN.
        const auto part = (tensor.detach() * 0).sum(at::kFloat);
        sum = sum.defined() ? sum + part : part;
    }
    return !sum.defined() || sum.item<float>() == 0.0F;
}

bool all_finite(const at::Tensor& tensor) { return all_finite(std::span(&tensor, 1)); }

}  // namespace lorikeet::tensor
