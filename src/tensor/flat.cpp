#include "tensor/flat.hpp"

#include <ATen/core/grad_mode.h>

namespace lorikeet::tensor {

std::vector<at::Tensor> lay_flat(at::TensorList tensors, at::Device device, at::ScalarType type) {
    const at::NoGradGuard no_gradient;
    const auto step = kFlatAlignment / static_cast<std::int64_t>(c10::elementSize(type));
    std::vector<std::int64_t> begins;
    std::int64_t end = 0;
    for (const auto& one : tensors) {
        begins.push_back((end + step - 1) / step * step);
        end = begins.back() + one.numel();
    }
    const auto buffer = at::empty({end}, at::TensorOptions(device).dtype(type));
    std::vector<at::Tensor> views;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        views.push_back(buffer.narrow(0, begins[i], tensors[i].numel()).view(tensors[i].sizes()).detach());
        views.back().copy_(tensors[i]);
    }
    return views;
}

bool is_followed_by(const at::Tensor& one, const at::Tensor& next) {
    return one.storage().unsafeGetStorageImpl() == next.storage().unsafeGetStorageImpl() &&
           one.scalar_type() == next.scalar_type() &&
           one.storage_offset() + one.numel() == next.storage_offset() && one.is_contiguous() &&
           next.is_contiguous();
}

at::Tensor stretch_from(const at::Tensor& first, std::int64_t numbers) {
    const at::NoGradGuard no_gradient;
    return first.detach().as_strided({numbers}, {1});
}

}  // namespace lorikeet::tensor
