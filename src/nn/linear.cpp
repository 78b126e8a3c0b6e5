#include "nn/linear.hpp"

#include "nn/frozen.hpp"

namespace lorikeet::nn {

Linear::Linear(std::int64_t in_features, std::int64_t out_features, Bias with_bias)
    : in(in_features), out(out_features), has_bias(with_bias) {}

at::Tensor Linear::operator()(const at::Tensor& x) const {
    if (slot.is_empty()) return alone(x);
    if (slot.changes_weight()) {
        const auto changed = slot.change(plain_weight());
        return slot.apply(x, at::linear(x.to(changed.scalar_type()), changed, bias));
    }
    const auto* first = slot.first(By::Bypass);
    return first ? slot.apply(x, first->linear(x, *this), first) : alone(x);
}

at::Tensor Linear::alone(const at::Tensor& x) const {
    return frozen ? frozen->linear(x) : at::linear(x, weight, bias);
}

at::Tensor Linear::plain_weight() const { return frozen ? frozen->plain() : weight; }

void Linear::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    visitor.layer(visitor.path(), *this);
    visitor.weight(visitor.path("weight"), weight, {out, in});
    if (has_bias == Bias::Yes) visitor.weight(visitor.path("bias"), bias, {out});
}

}  // namespace lorikeet::nn
