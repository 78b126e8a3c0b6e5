#include "nn/conv.hpp"

#include "nn/frozen.hpp"

namespace lorikeet::nn {

at::Tensor Conv2d::operator()(const at::Tensor& x) const {
    return slot.apply(x, frozen ? frozen->conv(x, shape.stride, shape.padding)
                                : at::conv2d(x, weight, bias, shape.stride, shape.padding));
}

void Conv2d::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    visitor.layer(visitor.path(), *this);
    visitor.weight(visitor.path("weight"), weight, {shape.out, shape.in, shape.kernel, shape.kernel});
    visitor.weight(visitor.path("bias"), bias, {shape.out});
}

Conv2d conv3x3(std::int64_t in, std::int64_t out) { return Conv2d({in, out, 3, 1, 1}); }
Conv2d conv1x1(std::int64_t in, std::int64_t out) { return Conv2d({in, out, 1, 1, 0}); }

}  // namespace lorikeet::nn
