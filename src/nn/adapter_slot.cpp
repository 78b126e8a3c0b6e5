#include "nn/adapter_slot.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "nn/linear.hpp"

namespace lorikeet::nn {

at::Tensor Adapter::apply(const at::Tensor&, const at::Tensor& y) const {
    base::expects(false, "an adapter by bypass says what it adds");
    return y;
}

at::Tensor Adapter::linear(const at::Tensor& x, const Linear& layer) const {
    return apply(x, layer.alone(x));
}

at::Tensor Adapter::change(const at::Tensor& weight) const {
    base::expects(false, "an adapter by weight says how it changes it");
    return weight;
}

const Adapter* AdapterSlot::first(By by) const {
    const auto found = std::find_if(adapters_.begin(), adapters_.end(),
                                    [&](const auto* adapter) { return adapter->acts_by() == by; });
    return found == adapters_.end() ? nullptr : *found;
}

at::Tensor AdapterSlot::change(const at::Tensor& plain) const {
    auto weight = plain.to(at::kFloat);
    for (const auto* adapter : adapters_)
        if (adapter->acts_by() == By::Weight) weight = adapter->change(weight);
    return weight.to(plain.scalar_type());
}

at::Tensor AdapterSlot::apply(const at::Tensor& x, at::Tensor y, const Adapter* done) const {
    for (const auto* adapter : adapters_)
        if (adapter != done && adapter->acts_by() == By::Bypass) y = adapter->apply(x, y);
    return y;
}

}  // namespace lorikeet::nn
