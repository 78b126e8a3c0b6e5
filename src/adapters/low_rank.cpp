#include "adapters/low_rank.hpp"

#include <vector>

#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "nn/cpu/kernels.hpp"
#include "nn/frozen.hpp"

namespace lorikeet::adapters {
namespace {

using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

// Matrices of one row for each token or pixel, sharing memory with the tensor. Images whose planes lie one
// after another give one matrix each, others a single one.
using Rows = std::vector<at::Tensor>;

bool is_one_matrix(const at::Tensor& t) {
    return t.size(0) == 1 || t.is_contiguous(at::MemoryFormat::ChannelsLast);
}

bool are_one_matrix(const at::Tensor& a, const at::Tensor& b, Layout layout) {
    return layout == Layout::Planes && is_one_matrix(a) && is_one_matrix(b);
}

at::Tensor rows_of_image(const at::Tensor& t) { return t.permute({1, 2, 0}).view({-1, t.size(0)}); }

Rows rows_of(const at::Tensor& t, Layout layout, bool whole) {
    if (layout == Layout::FeaturesLast) return {t.view({-1, t.size(-1)})};
    if (whole) return {t.permute({0, 2, 3, 1}).view({-1, t.size(1)})};
    Rows rows;
    for (const auto& image : t.unbind(0)) rows.push_back(rows_of_image(image));
    return rows;
}

// What rows_of can share: channels last wherever the layer's own result lies so, which makes one matrix of a batch.
at::Tensor dense(const at::Tensor& t, const at::Tensor& result, Layout layout) {
    const auto last = at::MemoryFormat::ChannelsLast;
    if (layout == Layout::Planes && (t.is_contiguous(last) || result.is_contiguous(last)))
        return t.contiguous(last);
    return t.contiguous();
}

Rows split_like(const at::Tensor& t, const Rows& rows) {
    return t.split(rows.front().size(0));  // images of a batch are of one size
}

Rows split_mask(const at::Tensor& mask, const Rows& rows) {
    return mask.defined() ? split_like(mask, rows) : Rows(rows.size());
}

// What is handed to the node but has no gradient.
struct Constants {
    at::Tensor mask;
    double scale;
    Layout layout;
    at::Tensor down_cast, up_cast;
};

at::Tensor cast(const at::Tensor& factor, const at::Tensor& done, at::ScalarType type) {
    return done.defined() && done.scalar_type() == type ? done : factor.to(type);
}

// result = scale * left right, in one operation: on a GPU each costs as much as these small products themselves.
void scaled_product(at::Tensor& result, const at::Tensor& left, const at::Tensor& right, double scale) {
    at::addmm_out(result, result, left, right, /*beta=*/0, /*alpha=*/scale);
}

// left' right, in `type`: on a GPU as it is summed, on the processor by way of the factors'.
at::Tensor product_over_rows(const at::Tensor& left, const at::Tensor& right, at::ScalarType type) {
    if (right.is_cuda() && type == at::kFloat && right.scalar_type() != type)
        return at::mm(left.t(), right, type);
    return at::mm(left.t(), right).to(type);
}

// The factors as matrices of one dtype, and what the node keeps of them.
struct Pair {
    at::Tensor a, b;
    double scale;
    at::Tensor mask;
};

const nn::skinny::Kernel* kernel_for(const Pair& pair, const at::Tensor& x, const at::Tensor& y) {
    const auto* kernel = nn::cpu::low_rank_kernel(x, pair.a.size(0));
    const bool fits = !pair.mask.defined() && kernel == nn::cpu::low_rank_kernel(y, pair.a.size(0));
    return fits ? kernel : nullptr;
}

// hidden = mask * scale * A x,  sum += B hidden.
void add_to(const at::Tensor& sum, at::Tensor& hidden, const at::Tensor& x, const Pair& pair) {
    if (const auto* kernel = kernel_for(pair, x, sum))
        return kernel->forward(x, {pair.a, pair.b, pair.scale}, hidden, sum);
    scaled_product(hidden, x, pair.a.t(), pair.scale);
    if (pair.mask.defined()) hidden.mul_(pair.mask);
    auto result = sum;
    result.addmm_(hidden, pair.b.t());
}

struct Wanted {
    bool down, up;
    at::ScalarType master;
};
struct Slopes {
    at::Tensor down, up;
};

// What the gradient g of the sum makes of the factors, and of x: written into `slope`, or added to what it holds.
Slopes slopes_of(const at::Tensor& x, const at::Tensor& hidden, const at::Tensor& g, const Pair& pair,
                 const Wanted& wanted, nn::skinny::Slopes slope) {
    if (const auto* kernel = wanted.master == at::kFloat ? kernel_for(pair, x, g) : nullptr) {
        const auto options = x.options().dtype(at::kFloat);
        if (wanted.down) slope.down = at::empty(pair.a.sizes(), options);
        if (wanted.up) slope.up = at::empty(pair.b.sizes(), options);
        kernel->backward(x, hidden, g, {pair.a, pair.b, pair.scale}, slope);
        return {slope.down, slope.up};
    }
    auto hidden_slope = at::empty_like(hidden);
    scaled_product(hidden_slope, g, pair.b, pair.scale);
    if (pair.mask.defined()) hidden_slope.mul_(pair.mask);
    if (slope.x.defined())
        slope.is_fresh ? at::mm_out(slope.x, hidden_slope, pair.a) : slope.x.addmm_(hidden_slope, pair.a);
    return {wanted.down ? product_over_rows(hidden_slope, x, wanted.master) : at::Tensor(),
            wanted.up ? product_over_rows(g, hidden, wanted.master) : at::Tensor()};
}

at::Tensor plus(const at::Tensor& sum, const at::Tensor& part) {
    return sum.defined() && part.defined() ? sum + part : part;
}

struct Products : torch::autograd::Function<Products> {
    static at::Tensor forward(Context* context, const at::Tensor& x, const at::Tensor& y,
                              const at::Tensor& down, const at::Tensor& up, const Constants& constants) {
        const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
        const auto type = y.scalar_type();
        const auto layout = constants.layout;
        const auto input = dense(x.to(type), y, layout);
        const auto sum = y.variable_data();  // y's memory under a new identity
        const bool whole = are_one_matrix(input, sum, layout);
        const auto inputs = rows_of(input, layout, whole);
        const auto sums = rows_of(sum, layout, whole);
        const auto row_count = static_cast<std::int64_t>(inputs.size()) * inputs.front().size(0);
        const auto hidden = at::empty({row_count, down.size(0)}, y.options());  // scale * A x
        const Pair pair{cast(down, constants.down_cast, type), cast(up, constants.up_cast, type),
                        constants.scale, constants.mask};
        auto hiddens = split_like(hidden, inputs);
        const auto masks = split_mask(pair.mask, inputs);
        for (std::size_t i = 0; i < inputs.size(); ++i)
            add_to(sums[i], hiddens[i], inputs[i], {pair.a, pair.b, pair.scale, masks[i]});

        context->save_for_backward({input, hidden, pair.a, pair.b, pair.mask});
        context->saved_data["master"] = down.scalar_type();
        context->saved_data["scale"] = pair.scale;
        context->saved_data["planes"] = layout == Layout::Planes;
        context->saved_data["type"] = x.scalar_type();
        return sum;
    }

    static Variables backward(Context* context, const Variables& gradients) {
        const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &hidden = saved[1], &mask = saved[4];
        const double scale = context->saved_data["scale"].toDouble();
        const auto layout = context->saved_data["planes"].toBool() ? Layout::Planes : Layout::FeaturesLast;
        const auto gradient = dense(gradients[0].to(input.scalar_type()), input, layout);
        const bool whole = are_one_matrix(input, gradient, layout);
        const auto inputs = rows_of(input, layout, whole);
        const auto slopes = rows_of(gradient, layout, whole);
        const auto hiddens = split_like(hidden, inputs);
        const auto masks = split_mask(mask, inputs);
        const Wanted wanted{context->needs_input_grad(2), context->needs_input_grad(3),
                            context->saved_data["master"].toScalarType()};
        const auto slope = context->needs_input_grad(0) ? at::empty_like(input) : at::Tensor();
        const auto rows = slope.defined() ? rows_of(slope, layout, whole) : Rows(inputs.size());

        Variables result(5);
        result[1] = gradients[0];
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const auto part = slopes_of(inputs[i], hiddens[i], slopes[i],
                                        {saved[2], saved[3], scale, masks[i]}, wanted,
                                        {rows[i], /*is_fresh=*/true, {}, {}});
            result[2] = plus(result[2], part.down);
            result[3] = plus(result[3], part.up);
        }
        if (slope.defined()) result[0] = slope.to(context->saved_data["type"].toScalarType());
        return result;
    }
};

// Of a frozen linear layer and its LoRA together.
struct LinearWithLora : torch::autograd::Function<LinearWithLora> {
    static at::Tensor forward(Context* context, const at::Tensor& x, const at::Tensor& down,
                              const at::Tensor& up, const nn::Linear& layer, const Constants& constants) {
        const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
        const auto& weight = layer.frozen ? layer.frozen->panels : layer.weight;
        const auto type = layer.frozen ? layer.frozen->compute : weight.scalar_type();
        const auto input = x.to(type).reshape({-1, x.size(-1)}).contiguous();
        const Pair pair{cast(down, constants.down_cast, type), cast(up, constants.up_cast, type),
                        constants.scale, constants.mask};
        const auto sum = layer.frozen           ? layer.frozen->product(input)
                         : layer.bias.defined() ? at::addmm(layer.bias, input, weight.t())
                                                : at::mm(input, weight.t());
        auto hidden = at::empty({input.size(0), down.size(0)}, input.options());  // scale * A x
        add_to(sum, hidden, input, pair);

        context->save_for_backward({input, hidden, pair.a, pair.b, pair.mask, weight});
        context->saved_data["master"] = down.scalar_type();
        context->saved_data["scale"] = pair.scale;
        context->saved_data["type"] = x.scalar_type();
        context->saved_data["in_strips"] = layer.frozen != nullptr;
        auto sizes = x.sizes().vec();
        context->saved_data["sizes"] = sizes;
        sizes.back() = layer.out;
        return sum.view(sizes);
    }

    static Variables backward(Context* context, const Variables& gradients) {
        const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &hidden = saved[1], &weight = saved[5];
        const Pair pair{saved[2], saved[3], context->saved_data["scale"].toDouble(), saved[4]};
        const auto out = pair.b.size(0);
        const auto gradient = gradients[0].to(input.scalar_type()).reshape({-1, out}).contiguous();
        const Wanted wanted{context->needs_input_grad(1), context->needs_input_grad(2),
                            context->saved_data["master"].toScalarType()};
        at::Tensor slope;
        if (context->needs_input_grad(0))
            slope =
                context->saved_data["in_strips"].toBool()
                    ? nn::Frozen{weight, {}, input.scalar_type(), input.size(1), out}.product_back(gradient)
                    : at::mm(gradient, weight);

        Variables result(5);
        const auto part =
            slopes_of(input, hidden, gradient, pair, wanted, {slope, /*is_fresh=*/false, {}, {}});
        result[1] = part.down;
        result[2] = part.up;
        if (slope.defined())
            result[0] = slope.view(context->saved_data["sizes"].toIntVector())
                            .to(context->saved_data["type"].toScalarType());
        return result;
    }
};

Constants constants_of(const LowRank& factors, Layout layout) {
    return {factors.mask, factors.scale, layout, factors.down_cast, factors.up_cast};
}

}  // namespace

at::Tensor add_low_rank(const at::Tensor& x, const at::Tensor& y, const LowRank& factors, Layout layout) {
    return Products::apply(x, y, factors.down, factors.up, constants_of(factors, layout));
}

at::Tensor linear_with_low_rank(const at::Tensor& x, const nn::Linear& layer, const LowRank& factors) {
    return LinearWithLora::apply(x, factors.down, factors.up, layer,
                                 constants_of(factors, Layout::FeaturesLast));
}

}  // namespace lorikeet::adapters
