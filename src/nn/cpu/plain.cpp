#include "nn/cpu/plain.hpp"

#include <algorithm>

namespace lorikeet::nn::cpu {
namespace {

using Index = std::int64_t;

// Weights in strips.

float plain_number(const void* numbers, strips::Stored given, Index i) {
    switch (given) {
        case strips::Stored::Float32: return static_cast<const float*>(numbers)[i];
        case strips::Stored::Bfloat16: return static_cast<const c10::BFloat16*>(numbers)[i];
        case strips::Stored::Float16: return static_cast<const c10::Half*>(numbers)[i];
    }
    return 0;
}

void keep_number(void* numbers, strips::Stored given, Index i, float value) {
    switch (given) {
        case strips::Stored::Float32: static_cast<float*>(numbers)[i] = value; return;
        case strips::Stored::Bfloat16: static_cast<c10::BFloat16*>(numbers)[i] = value; return;
        case strips::Stored::Float16: static_cast<c10::Half*>(numbers)[i] = value; return;
    }
}

strips::Stored rows_of_product(const strips::Weights& w) {
    return w.number == strips::Number::Float32 ? strips::Stored::Float32 : strips::Stored::Bfloat16;
}
strips::Stored panels_of(const strips::Weights& w) {
    return w.number == strips::Number::Float32 ? w.stored : strips::Stored::Bfloat16;
}

// Where a weight lies among the panels.
Index place_of(const strips::Weights& w, Index out, Index in, Index tap) {
    const Index inputs = w.number == strips::Number::Float32 ? 1 : 2;  // of a place
    const auto row = (out / strips::kWidth * w.taps + tap) * (w.in / inputs) + in / inputs;
    return (row * strips::kWidth + out % strips::kWidth) * inputs + in % inputs;
}

float plain_sum(const strips::Product& p, Index row, Index column) {
    const auto& w = p.weights;
    const bool forward = p.direction == strips::Direction::Forward;
    const auto depth = forward ? w.in : w.out, step = p.step ? p.step : depth;
    float sum = 0;
    for (std::size_t t = 0; t < p.taps.size(); ++t) {
        const Index source = p.sources ? p.sources[static_cast<Index>(t) * p.rows + row] : row;
        if (source < 0) continue;  // zeros
        for (Index k = 0; k < depth; ++k) {
            const auto place = forward ? place_of(w, column, k, p.taps[t])
                                       : place_of(w, k, column, p.taps[t]);
            sum += plain_number(p.given, rows_of_product(w), source * step + k) *
                   plain_number(w.panels, panels_of(w), place);
        }
    }
    return sum;
}

void plain_sums(const strips::Product& p, Index strip, Index first, Index end, float* sums) {
    for (auto m = first; m < end; ++m)
        for (Index n = 0; n < strips::kWidth; ++n) *sums++ = plain_sum(p, m, strip * strips::kWidth + n);
}

void plain_multiply(const strips::Product& p, Index strip, Index first, Index end, float* sums) {
    plain_sums(p, strip, first, end, sums);
    const auto& w = p.weights;
    const auto width = p.direction == strips::Direction::Forward ? w.out : w.in;
    for (auto m = first; m < end; ++m)
        for (auto n = strip * strips::kWidth; n < (strip + 1) * strips::kWidth; ++n) {
            const auto place = (p.targets ? p.targets[m] : m) * width + n;
            keep_number(p.result, rows_of_product(w), place, *sums++ + (p.bias ? p.bias[n] : 0));
        }
}

void plain_lay(const void* rows, strips::Stored given, const strips::Weights& w, void* strip) {
    for (Index out = 0; out < strips::kWidth; ++out)
        for (Index in = 0; in < w.in; ++in)
            for (Index tap = 0; tap < w.taps; ++tap)
                keep_number(strip, panels_of(w), place_of(w, out, in, tap),
                            plain_number(rows, given, (out * w.in + in) * w.taps + tap));
}

// The short convolution, by the matrices of Lavin and Gray.

// Y = left X leftᵀ for each channel: [n, n, channels] to [rows of left, rows of left, channels].
at::Tensor on_both_sides(const at::Tensor& left, const at::Tensor& x) {
    return at::einsum("ij,jkc,lk->ilc", {left, x, left});
}

void plain_convolve(const strips::Weights& weights, const winograd::Pixels& image, Index first, Index end,
                    float* /*room*/) {
    constexpr Index kReach = 6;
    const auto spread = at::tensor({4, 0,  -5, 0, 1, 0, 0, -4, -4, 1,  1, 0, 0, 4, -4, -1, 1, 0,
                                    0, -2, -1, 2, 1, 0, 0, 2,  -1, -2, 1, 0, 0, 4, 0,  -5, 0, 1},
                                   at::kFloat)
                            .view({kReach, kReach});
    const auto gather =
        at::tensor({1, 1, 1, 1, 1, 0, 0, 1, -1, 2, -2, 0, 0, 1, 1, 4, 4, 0, 0, 1, -1, 8, -8, 1}, at::kFloat)
            .view({winograd::kSide, kReach});
    const auto in = weights.in, out = weights.out;
    const auto panels = at::from_blob(const_cast<void*>(weights.panels),
                                      {out / strips::kWidth, winograd::kTaps, in, strips::kWidth})
                            .permute({1, 2, 0, 3})
                            .reshape({winograd::kTaps, in, out});
    const auto given =
        at::from_blob(const_cast<float*>(image.given), {image.batch, image.height, image.width, in});
    const auto result = at::from_blob(image.result, {image.batch, image.height, image.width, out});
    const auto padded = at::constant_pad_nd(given, {0, 0, 1, kReach, 1, kReach});
    const auto across = image.tiles_across(), down = image.tiles() / image.batch / across;
    for (auto tile = first; tile < end; ++tile) {
        const auto y = tile / across % down * winograd::kSide, x = tile % across * winograd::kSide;
        const auto seen =
            padded[tile / (across * down)].narrow(0, y, kReach).narrow(1, x, kReach);  // [6, 6, in]
        const auto products =
            at::bmm(on_both_sides(spread, seen).reshape({winograd::kTaps, 1, in}), panels);  // [36, 1, out]
        auto pixels = on_both_sides(gather, products.view({kReach, kReach, out}));           // [4, 4, out]
        if (image.bias) pixels = pixels + at::from_blob(const_cast<float*>(image.bias), {out});
        const auto tall = std::min(winograd::kSide, image.height - y),
                   wide = std::min(winograd::kSide, image.width - x);
        result[tile / (across * down)]
            .narrow(0, y, tall)
            .narrow(1, x, wide)
            .copy_(pixels.narrow(0, 0, tall).narrow(1, 0, wide));
    }
}

// The low-rank update.

at::Tensor wide(const at::Tensor& t) { return t.to(at::kFloat); }

void plain_forward(const at::Tensor& x, const skinny::Factors& factors, const at::Tensor& h,
                   const at::Tensor& y) {
    h.copy_(factors.scale * at::mm(wide(x), wide(factors.down).t()));
    y.copy_(wide(y) + at::mm(wide(h), wide(factors.up).t()));
}

void plain_backward(const at::Tensor& x, const at::Tensor& h, const at::Tensor& g,
                    const skinny::Factors& factors, const skinny::Slopes& slopes) {
    const auto t = wide((factors.scale * at::mm(wide(g), wide(factors.up))).to(h.scalar_type()));
    if (slopes.x.defined()) {
        const auto more = at::mm(t, wide(factors.down));
        slopes.x.copy_(slopes.is_fresh ? more : wide(slopes.x) + more);
    }
    if (slopes.down.defined()) slopes.down.copy_(at::mm(t.t(), wide(x)));
    if (slopes.up.defined()) slopes.up.copy_(at::mm(wide(g).t(), wide(h)));
}

// Attention.

at::Tensor rows_at(const heads::Bits* first, Index count, const heads::Head& head) {
    return at::from_blob(const_cast<heads::Bits*>(first), {count, head.width}, {head.step, 1}, at::kBFloat16);
}

at::Tensor logarithms_of(const heads::Head& head) { return at::from_blob(head.logarithm, {head.queries}); }

struct Known {
    at::Tensor query, key, value, scores;
};

Known known_of(const heads::Head& head) {
    const auto query = wide(rows_at(head.query, head.queries, head)),
               key = wide(rows_at(head.key, head.keys, head));
    return {query, key, wide(rows_at(head.value, head.keys, head)), head.scale * at::mm(query, key.t())};
}

Index no_room(const heads::Head&) { return 0; }

void plain_attend(const heads::Head& head, char* /*room*/) {
    const auto known = known_of(head);
    logarithms_of(head).copy_(at::logsumexp(known.scores, 1));
    rows_at(head.result, head.queries, head).copy_(at::mm(at::softmax(known.scores, 1), known.value));
}

void plain_attend_backward(const heads::Head& head, const heads::Slopes& slopes, char* /*room*/) {
    const auto known = known_of(head);
    const auto slope = wide(rows_at(slopes.result, head.queries, head));                        // dO
    const auto shares = at::exp(known.scores - logarithms_of(head).unsqueeze(1));               // P
    const auto means = (slope * wide(rows_at(head.result, head.queries, head))).sum(1, true);   // D
    const auto inner = shares * (at::mm(slope, known.value.t()) - means) * double{head.scale};  // dS
    rows_at(slopes.value, head.keys, head).copy_(at::mm(shares.t(), slope));
    rows_at(slopes.query, head.queries, head).copy_(at::mm(inner, known.key));
    rows_at(slopes.key, head.keys, head).copy_(at::mm(inner.t(), known.query));
}

}  // namespace

const Kernels& plain_kernels() {
    static constexpr strips::Kernel kProducts{&plain_sums, &plain_multiply, &plain_lay};
    static constexpr winograd::Kernel kConvolution{&plain_convolve};
    static constexpr skinny::Kernel kLowRank{&plain_forward, &plain_backward};
    static constexpr heads::Kernel kAttention{&no_room, &plain_attend, &plain_attend_backward};
    static constexpr Kernels kAll{
        {&kProducts, &kProducts}, &kConvolution, {&kLowRank, &kLowRank}, &kAttention};
    return kAll;
}

}  // namespace lorikeet::nn::cpu
