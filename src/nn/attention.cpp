#include "nn/attention.hpp"

#include <cmath>

#include <torch/csrc/autograd/custom_function.h>

#include "base/error.hpp"
#include "nn/cpu/kernels.hpp"

namespace lorikeet::nn {

namespace {

using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

// Whose heads are at work: tensors [B, T, heads * d] of bfloat16, d the width of a head.
struct Sides {
    at::Tensor query;
    at::Tensor key;
    at::Tensor value;
    at::Tensor result;
    at::Tensor logarithm;  // [B, heads, T] float32
    std::int64_t heads;
};

template <class T>
T* piece(const at::Tensor& t, std::int64_t batch, std::int64_t head, std::int64_t width) {
    return static_cast<T*>(t.data_ptr()) + batch * t.size(1) * t.size(2) + head * width;
}

heads::Head head_of(const Sides& s, std::int64_t task) {
    const auto batch = task / s.heads, head = task % s.heads, width = s.query.size(2) / s.heads;
    return {piece<heads::Bits>(s.query, batch, head, width),
            piece<heads::Bits>(s.key, batch, head, width),
            piece<heads::Bits>(s.value, batch, head, width),
            piece<heads::Bits>(s.result, batch, head, width),
            s.logarithm.data_ptr<float>() + task * s.query.size(1),
            s.query.size(1),
            s.key.size(1),
            width,
            s.query.size(2),
            static_cast<float>(1 / std::sqrt(static_cast<double>(width)))};
}

// Every head on a thread of its own.
struct ByHeads : torch::autograd::Function<ByHeads> {
    static at::Tensor forward(Context* context, const at::Tensor& query, const at::Tensor& key,
                              const at::Tensor& value, std::int64_t heads) {
        const auto& kernel = *cpu::kernels().attention;
        const auto result = at::empty(query.sizes(), query.options());
        const auto logarithm =
            at::empty({query.size(0), heads, query.size(1)}, query.options().dtype(at::kFloat));
        const Sides sides{query, key, value, result, logarithm, heads};
        share(query.size(0) * heads, kernel.room_for(head_of(sides, 0)),
              [&](std::int64_t task, char* room) { kernel.attend(head_of(sides, task), room); });
        context->save_for_backward({query, key, value, result, logarithm});
        context->saved_data["heads"] = heads;
        return result;
    }

    static Variables backward(Context* context, const Variables& gradients) {
        const auto saved = context->get_saved_variables();
        const Sides sides{saved[0], saved[1], saved[2],
                          saved[3], saved[4], context->saved_data["heads"].toInt()};
        const auto& kernel = *cpu::kernels().attention;
        const auto slope = gradients[0].contiguous();
        const auto query = at::empty_like(saved[0]), key = at::empty_like(saved[1]),
                   value = at::empty_like(saved[2]);
        const auto width = slope.size(2) / sides.heads;
        share(slope.size(0) * sides.heads, kernel.room_for(head_of(sides, 0)),
              [&](std::int64_t task, char* room) {
                  const auto batch = task / sides.heads, head = task % sides.heads;
                  kernel.attend_backward(head_of(sides, task),
                                         {piece<heads::Bits>(slope, batch, head, width),
                                          piece<heads::Bits>(query, batch, head, width),
                                          piece<heads::Bits>(key, batch, head, width),
                                          piece<heads::Bits>(value, batch, head, width)},
                                         room);
              });
        return {query, key, value, {}};
    }
};

}  // namespace

at::Tensor split_heads(const at::Tensor& x, std::int64_t heads) {
    return x.unflatten(-1, {heads, x.size(-1) / heads}).transpose(1, 2);
}

at::Tensor join_heads(const at::Tensor& x) { return x.transpose(1, 2).flatten(2); }

at::Tensor attend(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                  std::int64_t heads) {
    if (cpu::attends_by_kernel(query, key, value, heads))
        return ByHeads::apply(query.contiguous(), key.contiguous(), value.contiguous(), heads);
    return join_heads(at::scaled_dot_product_attention(split_heads(query, heads), split_heads(key, heads),
                                                       split_heads(value, heads)));
}

Attention::Attention(AttentionShape attention_shape)
    : shape(attention_shape),
      to_q(shape.width, shape.width, Bias::No),
      to_k(shape.context_width, shape.width, Bias::No),
      to_v(shape.context_width, shape.width, Bias::No),
      to_out(shape.width, shape.width) {
    base::expects(shape.heads > 0 && shape.width % shape.heads == 0, "heads divide the width");
}

at::Tensor Attention::operator()(const at::Tensor& x, const at::Tensor& context) const {
    const auto query = to_q(x);                             // [B, T, heads d]
    const auto key = to_k(context), value = to_v(context);  // [B, S, heads d]
    return to_out(attend(query, key, value, shape.heads));  // [B, T, width]
}

void Attention::visit(Visitor& visitor, std::string_view name) {
    const Visitor::Scope scope(visitor, name);
    to_q.visit(visitor, "to_q");
    to_k.visit(visitor, "to_k");
    to_v.visit(visitor, "to_v");
    to_out.visit(visitor, "to_out.0");
}

}  // namespace lorikeet::nn
