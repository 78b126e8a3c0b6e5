#include "adapters/low_rank.hpp"

#include <vector>

#include <ATen/autocast_mode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lorikeet::adapters {
namespace {

using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

// Matrices of one row for each token or pixel, sharing memory with the tensor. Pictures whose planes lie one
// after another give one matrix each, others a single one.
using Rows = std::vector<at::Tensor>;

bool is_one_matrix(const at::Tensor& t) {
    return t.size(0) == 1 || t.is_contiguous(at::MemoryFormat::ChannelsLast);
}

bool are_one_matrix(const at::Tensor& a, const at::Tensor& b, Layout layout) {
    return layout == Layout::Planes && is_one_matrix(a) && is_one_matrix(b);
}

at::Tensor rows_of_picture(const at::Tensor& t) { return t.permute({1, 2, 0}).view({-1, t.size(0)}); }

Rows rows_of(const at::Tensor& t, Layout layout, bool whole) {
    if (layout == Layout::FeaturesLast) return {t.view({-1, t.size(-1)})};
    if (whole) return {t.permute({0, 2, 3, 1}).view({-1, t.size(1)})};
    Rows rows;
    for (const auto& picture : t.unbind(0)) rows.push_back(rows_of_picture(picture));
    return rows;
}

// What rows_of can share: dense in one of the two orders of memory.
at::Tensor dense(const at::Tensor& t, Layout layout) {
    if (layout == Layout::Planes && t.is_contiguous(at::MemoryFormat::ChannelsLast)) return t;
    return t.contiguous();
}

Rows split_like(const at::Tensor& t, const Rows& rows) {
    return t.split(rows.front().size(0));  // pictures of a batch are of one size
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

struct Products : torch::autograd::Function<Products> {
    static at::Tensor forward(Context* context, const at::Tensor& x, const at::Tensor& y,
                              const at::Tensor& down, const at::Tensor& up, const Constants& constants) {
        const auto& [mask, scale, layout, down_cast, up_cast] = constants;
        const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
        const auto type = y.scalar_type();
        const auto input = dense(x.to(type), layout);
        const auto sum = y.variable_data();  // y's memory under a new identity
        const bool whole = are_one_matrix(input, sum, layout);
        const auto inputs = rows_of(input, layout, whole);
        const auto sums = rows_of(sum, layout, whole);
        const auto row_count = static_cast<std::int64_t>(inputs.size()) * inputs.front().size(0);
        const auto hidden = at::empty({row_count, down.size(0)}, y.options());  // scale * A x
        const auto a = cast(down, down_cast, type), b = cast(up, up_cast, type);

        auto hiddens = split_like(hidden, inputs);
        for (std::size_t i = 0; i < inputs.size(); ++i) scaled_product(hiddens[i], inputs[i], a.t(), scale);
        if (mask.defined()) hidden.mul_(mask);
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i].addmm_(hiddens[i], b.t());

        context->save_for_backward({input, hidden, a, b, mask});
        context->saved_data["master"] = down.scalar_type();
        context->saved_data["scale"] = scale;
        context->saved_data["planes"] = layout == Layout::Planes;
        context->saved_data["type"] = x.scalar_type();
        return sum;
    }

    static Variables backward(Context* context, const Variables& gradients) {
        const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &hidden = saved[1], &a = saved[2], &b = saved[3], &mask = saved[4];
        const double scale = context->saved_data["scale"].toDouble();
        const auto layout = context->saved_data["planes"].toBool() ? Layout::Planes : Layout::FeaturesLast;
        const auto type = input.scalar_type(), master = context->saved_data["master"].toScalarType();
        const auto gradient = dense(gradients[0].to(type), layout);
        const bool whole = are_one_matrix(input, gradient, layout);
        const auto inputs = rows_of(input, layout, whole);
        const auto slopes = rows_of(gradient, layout, whole);
        const auto hiddens = split_like(hidden, inputs);

        const auto hidden_slope = at::empty_like(hidden);
        auto hidden_slopes = split_like(hidden_slope, inputs);
        for (std::size_t i = 0; i < slopes.size(); ++i) scaled_product(hidden_slopes[i], slopes[i], b, scale);
        if (mask.defined()) hidden_slope.mul_(mask);

        Variables result(5);
        result[1] = gradients[0];
        if (context->needs_input_grad(2)) result[2] = sum_of_products(hidden_slopes, inputs, master);
        if (context->needs_input_grad(3)) result[3] = sum_of_products(slopes, hiddens, master);
        if (context->needs_input_grad(0)) {
            const auto slope = at::empty_like(input);
            auto rows = rows_of(slope, layout, whole);
            for (std::size_t i = 0; i < rows.size(); ++i) at::mm_out(rows[i], hidden_slopes[i], a);
            result[0] = slope.to(context->saved_data["type"].toScalarType());
        }
        return result;
    }

    static at::Tensor sum_of_products(at::TensorList left, const Rows& right, at::ScalarType type) {
        auto sum = product_over_rows(left[0], right[0], type);
        for (std::size_t i = 1; i < right.size(); ++i) sum.add_(product_over_rows(left[i], right[i], type));
        return sum;
    }
};

// Of a frozen linear layer and its LoRA together.
struct Whole : torch::autograd::Function<Whole> {
    static at::Tensor forward(Context* context, const at::Tensor& x, const at::Tensor& down,
                              const at::Tensor& up, const FrozenLinear& layer, const Constants& constants) {
        const auto type = x.scalar_type();
        const auto input = x.reshape({-1, x.size(-1)});
        const auto a = cast(down, constants.down_cast, type), b = cast(up, constants.up_cast, type);
        const auto sum = layer.bias.defined() ? at::addmm(layer.bias, input, layer.weight.t())
                                              : at::mm(input, layer.weight.t());
        auto hidden = at::empty({input.size(0), down.size(0)}, x.options());  // scale * A x
        scaled_product(hidden, input, a.t(), constants.scale);
        if (constants.mask.defined()) hidden.mul_(constants.mask);
        sum.addmm_(hidden, b.t());

        context->save_for_backward({input, hidden, a, b, constants.mask, layer.weight});
        context->saved_data["master"] = down.scalar_type();
        context->saved_data["scale"] = constants.scale;
        context->saved_data["sizes"] = x.sizes().vec();
        auto sizes = x.sizes().vec();
        sizes.back() = layer.weight.size(0);
        return sum.view(sizes);
    }

    static Variables backward(Context* context, const Variables& gradients) {
        const auto saved = context->get_saved_variables();
        const auto &input = saved[0], &hidden = saved[1], &a = saved[2], &b = saved[3], &mask = saved[4],
                   &weight = saved[5];
        const auto master = context->saved_data["master"].toScalarType();
        const auto gradient = gradients[0].to(input.scalar_type()).reshape({-1, weight.size(0)});
        auto hidden_slope = at::empty_like(hidden);
        scaled_product(hidden_slope, gradient, b, context->saved_data["scale"].toDouble());
        if (mask.defined()) hidden_slope.mul_(mask);

        Variables result(5);
        if (context->needs_input_grad(1)) result[1] = product_over_rows(hidden_slope, input, master);
        if (context->needs_input_grad(2)) result[2] = product_over_rows(gradient, hidden, master);
        if (context->needs_input_grad(0)) {
            auto slope = at::mm(gradient, weight);
            slope.addmm_(hidden_slope, a);
            result[0] = slope.view(context->saved_data["sizes"].toIntVector());
        }
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

at::Tensor linear_with_low_rank(const at::Tensor& x, const FrozenLinear& layer, const LowRank& factors) {
    return Whole::apply(x, factors.down, factors.up, layer, constants_of(factors, Layout::FeaturesLast));
}

}  // namespace lorikeet::adapters
