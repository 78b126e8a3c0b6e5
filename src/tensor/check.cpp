#include "tensor/check.hpp"

#include "tensor/weights.hpp"

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

std::optional<io::NotFinite> find_not_finite(const at::Tensor& tensor) {
    if (!tensor.defined() || tensor.is_meta() || !at::isFloatingType(tensor.scalar_type()))
        return std::nullopt;
    const auto here = tensor.detach().to(at::kCPU).contiguous();
    return io::find_not_finite(std::span(static_cast<const std::byte*>(here.const_data_ptr()), here.nbytes()),
                               to_dtype(here.scalar_type()));
}

}  // namespace lorikeet::tensor
