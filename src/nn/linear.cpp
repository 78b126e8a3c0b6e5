#include "nn/linear.hpp"

#include "nn/frozen.hpp"

namespace lorikeet::nn {

Linear::Linear(std::int64_t in_features, std::int64_t out_features, Bias with_bias)
    : in(in_features), out(out_features), has_bias(with_bias) {}

at::Tensor Linear::operator()(const at::Tensor& x) const {
    return slot.adapter ? slot.adapter->linear(x, *this) : alone(x);
}

at::Tensor Linear::alone(const at::Tensor& x) const {
    return frozen ? frozen->linear(x) : at::linear(x, weight, bias);
}

at::Tensor Adapter::linear(const at::Tensor& x, const Linear& layer) const {
    return apply(x, layer.alone(x));
}

void Linear::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    visitor.layer(visitor.path(), *this);
    visitor.weight(visitor.path("weight"), weight, {out, in});
    if (has_bias == Bias::Yes) visitor.weight(visitor.path("bias"), bias, {out});
}

}  // namespace lorikeet::nn
