#include "nn/norm.hpp"

#include "nn/group_norm_gpu.hpp"

namespace lorikeet::nn {

at::Tensor GroupNorm::operator()(const at::Tensor& x) const {
    if (goes_by_group_kernels(x, *this)) return group_norm_by_kernels(x, *this, Then::Nothing);
    return at::group_norm(x, groups, weight, bias, eps);
}

at::Tensor GroupNorm::then_silu(const at::Tensor& x) const {
    if (goes_by_group_kernels(x, *this)) return group_norm_by_kernels(x, *this, Then::Silu);
    auto normal = at::group_norm(x, groups, weight, bias, eps);
    // In place where no gradient needs it as it was: at 1024 px one activation is half a gigabyte.
    return normal.requires_grad() ? at::silu(normal) : at::silu_(normal);
}

void GroupNorm::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    visitor.weight(visitor.path("weight"), weight, {channels});
    visitor.weight(visitor.path("bias"), bias, {channels});
}

at::Tensor LayerNorm::operator()(const at::Tensor& x) const {
    return at::layer_norm(x, {features}, weight, bias, eps);
}

void LayerNorm::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    visitor.weight(visitor.path("weight"), weight, {features});
    visitor.weight(visitor.path("bias"), bias, {features});
}

}  // namespace lorikeet::nn
