#include "nn/norm.hpp"

namespace lorikeet::nn {

at::Tensor GroupNorm::operator()(const at::Tensor& x) const {
    return at::group_norm(x, groups, weight, bias, eps);
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
