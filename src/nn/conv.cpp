#include "nn/conv.hpp"

#include "nn/frozen.hpp"

namespace lorikeet::nn {

at::Tensor Conv2d::operator()(const at::Tensor& x) const {
    if (slot.changes_weight()) {
        const auto changed = slot.change(plain_weight());
        return slot.apply(
            x, at::conv2d(x.to(changed.scalar_type()), changed, bias, shape.stride, shape.padding));
    }
    return slot.apply(x, frozen ? frozen->conv(x, shape.stride, shape.padding)
                                : at::conv2d(x, weight, bias, shape.stride, shape.padding));
}

at::Tensor Conv2d::plain_weight() const { return frozen ? frozen->plain() : weight; }

void Conv2d::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    visitor.layer(visitor.path(), *this);
    visitor.weight(visitor.path("weight"), weight, {shape.out, shape.in, shape.kernel, shape.kernel});
    visitor.weight(visitor.path("bias"), bias, {shape.out});
}

Conv2d conv3x3(std::int64_t in, std::int64_t out) { return Conv2d({in, out, 3, 1, 1}); }
Conv2d conv1x1(std::int64_t in, std::int64_t out) { return Conv2d({in, out, 1, 1, 0}); }

}  // namespace lorikeet::nn
