#include "nn/frozen.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "base/error.hpp"
#include "nn/conv.hpp"
#include "nn/cpu/kernels.hpp"
#include "nn/linear.hpp"

namespace lorikeet::nn {

using strips::Number;

bool gains_by_strips(at::ScalarType dtype) { return cpu::kernels().products.in(dtype) != nullptr; }

namespace {

using strips::Direction;
using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

constexpr std::int64_t kMostKernel = 3;

std::optional<strips::Stored> given_of(at::ScalarType dtype) {
    switch (dtype) {
        case at::kFloat: return strips::Stored::Float32;
        case at::kBFloat16: return strips::Stored::Bfloat16;
        case at::kHalf: return strips::Stored::Float16;
        default: return {};
    }
}

strips::Weights weights_of(const Frozen& frozen) {
    const auto taps = frozen.is_short ? winograd::kTaps : frozen.kernel * frozen.kernel;
    return {frozen.panels.const_data_ptr(),
            frozen.in,
            frozen.out,
            taps,
            frozen.compute == at::kFloat ? Number::Float32 : Number::Bfloat16,
            *given_of(frozen.panels.scalar_type())};
}

const strips::Kernel& kernel_for(Number number) {
    const auto* kernel = cpu::kernels().products.in(number == Number::Float32 ? at::kFloat : at::kBFloat16);
    base::expects(kernel != nullptr, "weights lie in strips where a kernel reads them");
    return *kernel;
}

// Strips side by side; long results also in parts, so that every thread has work and the sums of a part stay in its
// cache. What a number comes to depends on neither.
void run(const strips::Product& product) {
    if (product.rows == 0) return;  // pixels that no tap reaches
    constexpr std::int64_t kMostRows = 1020, kLeastRows = 48;
    const auto& kernel = kernel_for(product.weights.number);
    const auto strip_count = strips::count(product),
               threads = static_cast<std::int64_t>(at::get_num_threads());
    auto parts = (product.rows + kMostRows - 1) / kMostRows;
    while (strip_count * parts < 2 * threads && product.rows / (parts + 1) >= kLeastRows) ++parts;
    const auto longest = (product.rows + parts - 1) / parts;
    share(strip_count * parts, longest * strips::kWidth * std::int64_t{sizeof(float)},
          [&](std::int64_t task, char* room) {
              const auto part = task % parts;
              kernel.multiply(product, task / parts, product.rows * part / parts,
                              product.rows * (part + 1) / parts, reinterpret_cast<float*>(room));
          });
}

// Where a convolution is at work.
struct Place {
    std::int64_t batch = 1;
    std::array<std::int64_t, 2> given{};   // height and width of the input
    std::array<std::int64_t, 2> result{};  // and of the output
    std::int64_t kernel = 1;
    std::int64_t stride = 1;
    std::int64_t padding = 0;
};

// The pixels of one product and the taps that reach them.
struct Pixels {
    std::vector<std::int32_t> taps;
    std::vector<std::int32_t> sources;
    std::vector<std::int32_t> targets;
};

// Every pixel of the output, every tap.
Pixels forward_pixels(const Place& p) {
    Pixels pixels;
    const auto [height, width] = p.result;
    pixels.sources.reserve(static_cast<std::size_t>(p.kernel * p.kernel * p.batch * height * width));
    for (std::int64_t tap = 0; tap < p.kernel * p.kernel; ++tap) {
        pixels.taps.push_back(static_cast<std::int32_t>(tap));
        for (std::int64_t b = 0; b < p.batch; ++b)
            for (std::int64_t y = 0; y < height; ++y)
                for (std::int64_t x = 0; x < width; ++x) {
                    const auto from_y = y * p.stride + tap / p.kernel - p.padding;
                    const auto from_x = x * p.stride + tap % p.kernel - p.padding;
                    const bool inside = from_y >= 0 && from_y < p.given[0] && from_x >= 0 &&
                                        from_x < p.given[1];
                    const auto row = (b * p.given[0] + from_y) * p.given[1] + from_x;
                    pixels.sources.push_back(inside ? static_cast<std::int32_t>(row) : -1);
                }
    }
    return pixels;
}

// The pixels of the input whose place has these remainders by the stride: the same taps reach all of them.
Pixels backward_pixels(const Place& p, std::int64_t remainder_y, std::int64_t remainder_x) {
    Pixels pixels;
    const auto [height, width] = p.given;
    const auto reaches = [&](std::int64_t remainder, std::int64_t tap) {
        return ((remainder + p.padding - tap) % p.stride + p.stride) % p.stride == 0;
    };
    for (std::int64_t b = 0; b < p.batch; ++b)
        for (auto y = remainder_y; y < height; y += p.stride)
            for (auto x = remainder_x; x < width; x += p.stride)
                pixels.targets.push_back(static_cast<std::int32_t>((b * height + y) * width + x));
    for (std::int64_t tap = 0; tap < p.kernel * p.kernel; ++tap) {
        const auto tap_y = tap / p.kernel, tap_x = tap % p.kernel;
        if (!reaches(remainder_y, tap_y) || !reaches(remainder_x, tap_x)) continue;
        pixels.taps.push_back(static_cast<std::int32_t>(tap));
        for (const auto target : pixels.targets) {
            const auto y = target / width % height + p.padding - tap_y,
                       x = target % width + p.padding - tap_x;
            const bool inside = y >= 0 && y / p.stride < p.result[0] && x >= 0 && x / p.stride < p.result[1];
            const auto row = (target / (width * height) * p.result[0] + y / p.stride) * p.result[1] +
                             x / p.stride;
            pixels.sources.push_back(inside ? static_cast<std::int32_t>(row) : -1);
        }
    }
    return pixels;
}

void run_on(strips::Product product, const Pixels& pixels) {
    product.taps = pixels.taps;
    product.sources = pixels.sources.data();
    if (!pixels.targets.empty()) product.targets = pixels.targets.data();
    product.rows =
        static_cast<std::int64_t>(pixels.sources.size() / std::max<std::size_t>(1, pixels.taps.size()));
    run(product);
}

strips::Product product_of(const Frozen& frozen, Direction direction, const at::Tensor& given,
                           const at::Tensor& result) {
    strips::Product product;
    product.weights = weights_of(frozen);
    product.direction = direction;
    product.given = given.const_data_ptr();
    product.result = result.mutable_data_ptr();
    if (direction == Direction::Forward && frozen.bias.defined())
        product.bias = frozen.bias.const_data_ptr<float>();
    return product;
}

at::Tensor rows_through(const Frozen& frozen, Direction direction, const at::Tensor& x) {
    static constexpr std::array<std::int32_t, 1> kOneTap{0};
    auto sizes = x.sizes().vec();
    sizes.back() = direction == Direction::Forward ? frozen.out : frozen.in;
    const auto result = at::empty(sizes, x.options());
    if (x.is_meta()) return result;
    auto product = product_of(frozen, direction, x, result);
    product.taps = kOneTap;
    product.rows = x.numel() / x.size(-1);
    run(product);
    return result;
}

at::Tensor pixels_through(const Frozen& frozen, Direction direction, const at::Tensor& x, const Place& p) {
    const bool forward = direction == Direction::Forward;
    const auto [height, width] = forward ? p.result : p.given;
    const auto result = at::empty({p.batch, forward ? frozen.out : frozen.in, height, width},
                                  x.options().memory_format(at::MemoryFormat::ChannelsLast));
    if (x.is_meta()) return result;
    auto product = product_of(frozen, direction, x, result);
    const auto zeros = at::zeros({x.size(1)}, x.options());
    product.zeros = zeros.const_data_ptr();
    if (forward) {
        run_on(product, forward_pixels(p));
        return result;
    }
    const auto steps = std::min(p.stride, p.kernel);
    if (p.stride > p.kernel) result.zero_();  // pixels that no tap reaches
    for (std::int64_t y = 0; y < steps; ++y)
        for (std::int64_t x_place = 0; x_place < steps; ++x_place)
            run_on(product, backward_pixels(p, y, x_place));
    return result;
}

// A layer and the gradient of its input; the weights have none.
struct Through : torch::autograd::Function<Through> {
    static at::Tensor forward(Context* context, const at::Tensor& x, const Frozen& frozen) {
        context->saved_data["panels"] = frozen.panels;
        context->saved_data["sizes"] = std::vector<std::int64_t>{frozen.in, frozen.out};
        return rows_through(frozen, Direction::Forward, x);
    }
    static Variables backward(Context* context, const Variables& gradients) {
        const auto sizes = context->saved_data["sizes"].toIntVector();
        const Frozen frozen{
            context->saved_data["panels"].toTensor(), {}, gradients[0].scalar_type(), sizes[0], sizes[1]};
        return {rows_through(frozen, Direction::Backward, gradients[0].contiguous()), {}};
    }
};

struct ThroughImage : torch::autograd::Function<ThroughImage> {
    static at::Tensor forward(Context* context, const at::Tensor& x, const Frozen& frozen,
                              const Place& place) {
        context->saved_data["panels"] = frozen.panels;
        context->saved_data["sizes"] = std::vector<std::int64_t>{
            frozen.in,       frozen.out,      place.batch,  place.given[0], place.given[1],
            place.result[0], place.result[1], place.kernel, place.stride,   place.padding};
        return pixels_through(frozen, Direction::Forward, x, place);
    }
    static Variables backward(Context* context, const Variables& gradients) {
        const auto s = context->saved_data["sizes"].toIntVector();
        const Frozen frozen{
            context->saved_data["panels"].toTensor(), {}, gradients[0].scalar_type(), s[0], s[1], s[7], true};
        const Place place{s[2], {s[3], s[4]}, {s[5], s[6]}, s[7], s[8], s[9]};
        const auto gradient = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
        return {pixels_through(frozen, Direction::Backward, gradient, place), {}, {}};
    }
};

// The short way, tiles on all threads.
at::Tensor short_convolution(const Frozen& frozen, const at::Tensor& x) {
    const auto result = at::empty({x.size(0), frozen.out, x.size(2), x.size(3)},
                                  x.options().memory_format(at::MemoryFormat::ChannelsLast));
    if (x.is_meta()) return result;
    const auto zeros = at::zeros({frozen.in}, x.options());
    const winograd::Pixels image{x.const_data_ptr<float>(),
                                 result.mutable_data_ptr<float>(),
                                 frozen.bias.defined() ? frozen.bias.const_data_ptr<float>() : nullptr,
                                 zeros.const_data_ptr<float>(),
                                 x.size(0),
                                 x.size(2),
                                 x.size(3)};
    const auto& kernel = *cpu::kernels().convolution;
    const auto weights = weights_of(frozen);
    const auto tiles = image.tiles(), threads = static_cast<std::int64_t>(at::get_num_threads());
    const auto at_once = std::clamp((tiles + threads - 1) / threads, std::int64_t{1}, winograd::kTiles);
    share((tiles + at_once - 1) / at_once, winograd::room_for(frozen.in) * std::int64_t{sizeof(float)},
          [&](std::int64_t task, char* room) {
              kernel.convolve(weights, image, task * at_once, std::min(tiles, (task + 1) * at_once),
                              reinterpret_cast<float*>(room));
          });
    return result;
}

bool can_be_short(const ConvShape& shape) {
    return shape.kernel == 3 && shape.stride == 1 && shape.padding == 1;
}

bool weight_fits(const at::Tensor& weight, at::ScalarType dtype) {
    const bool in_strips = weight.size(0) % strips::kWidth == 0 && weight.size(1) % strips::kWidth == 0;
    return (weight.is_cpu() || weight.is_meta()) && !weight.requires_grad() &&
           given_of(weight.scalar_type()) && gains_by_strips(dtype) && in_strips &&
           (weight.dim() != 4 || weight.size(2) <= kMostKernel);
}

// Strips from weights [out, in] or [out, in, taps...].
void lay_all(const Frozen& frozen, const at::Tensor& weight) {
    if (weight.is_meta()) return;  // a rehearsal
    const auto shape = weights_of(frozen);
    const auto plain = weight.detach().contiguous();
    const auto strip_count = frozen.out / strips::kWidth;
    const auto bytes = plain.nbytes() / static_cast<std::size_t>(strip_count);
    const auto strip_bytes = frozen.panels.nbytes() / static_cast<std::size_t>(strip_count);
    const auto given = *given_of(weight.scalar_type());
    const auto& kernel = kernel_for(shape.number);
    share(strip_count, 0, [&](std::int64_t task, char*) {
        const auto i = static_cast<std::size_t>(task);
        kernel.lay(static_cast<const char*>(plain.const_data_ptr()) + i * bytes, given, shape,
                   static_cast<char*>(frozen.panels.mutable_data_ptr()) + i * strip_bytes);
    });
}

}  // namespace

std::shared_ptr<const Frozen> Frozen::of(const at::Tensor& weight, const at::Tensor& bias,
                                         at::ScalarType dtype) {
    if (!weight_fits(weight, dtype)) return nullptr;
    auto frozen = std::make_shared<Frozen>();
    frozen->is_image = weight.dim() == 4;
    frozen->out = weight.size(0);
    frozen->in = weight.size(1);
    frozen->kernel = frozen->is_image ? weight.size(2) : 1;
    frozen->compute = dtype;
    if (bias.defined()) frozen->bias = bias.detach().to(at::kFloat);
    frozen->panels =
        at::empty({frozen->out / strips::kWidth, frozen->kernel * frozen->kernel, frozen->in, strips::kWidth},
                  weight.options().dtype(dtype == at::kFloat ? weight.scalar_type() : dtype));
    lay_all(*frozen, weight);
    return frozen;
}

std::shared_ptr<const Frozen> Frozen::short_of(const at::Tensor& weight, const at::Tensor& bias) {
    if (!cpu::kernels().convolution || !weight_fits(weight, at::kFloat)) return nullptr;
    if (weight.dim() != 4 || weight.size(2) != 3) return nullptr;
    auto frozen = std::make_shared<Frozen>();
    frozen->is_image = frozen->is_short = true;
    frozen->out = weight.size(0);
    frozen->in = weight.size(1);
    frozen->kernel = 3;
    if (bias.defined()) frozen->bias = bias.detach().to(at::kFloat);
    frozen->panels = at::empty({frozen->out / strips::kWidth, winograd::kTaps, frozen->in, strips::kWidth},
                               weight.options().dtype(at::kFloat));
    if (weight.is_meta()) return frozen;
    const auto matrix = at::empty({winograd::kTaps, 9}, at::kFloat);
    winograd::kernel_matrix(matrix.mutable_data_ptr<float>());
    lay_all(*frozen, at::mm(weight.detach().to(at::kFloat).reshape({-1, 9}), matrix.t())
                         .view({frozen->out, frozen->in, -1}));
    return frozen;
}

at::Tensor Frozen::plain() const {
    const auto taps = kernel * kernel, pairs = compute == at::kFloat ? std::int64_t{1} : std::int64_t{2};
    const auto words = panels.view({out / strips::kWidth, taps, in / pairs, strips::kWidth, pairs});
    const auto weight = words.permute({0, 3, 2, 4, 1}).reshape({out, in, kernel, kernel}).to(compute);
    return kernel == 1 && !is_image ? weight.flatten(1) : weight;
}

at::Tensor Frozen::linear(const at::Tensor& x) const {
    return Through::apply(x.to(compute).contiguous(), *this);
}

at::Tensor Frozen::product(const at::Tensor& rows) const {
    return rows_through(*this, Direction::Forward, rows);
}
at::Tensor Frozen::product_back(const at::Tensor& rows) const {
    return rows_through(*this, Direction::Backward, rows);
}

at::Tensor Frozen::conv(const at::Tensor& x, std::int64_t stride, std::int64_t padding) const {
    const auto reach = [&](std::int64_t side) { return (side + 2 * padding - kernel) / stride + 1; };
    const Place place{x.size(0), {x.size(2), x.size(3)}, {reach(x.size(2)), reach(x.size(3))}, kernel, stride,
                      padding};
    if (is_short) {
        base::expects(!(at::GradMode::is_enabled() && x.requires_grad()),
                      "no gradient is asked of a short convolution");
        base::expects(stride == 1 && padding == 1, "a short convolution keeps the size");
        return short_convolution(*this, x.to(at::kFloat).contiguous(at::MemoryFormat::ChannelsLast));
    }
    return ThroughImage::apply(x.to(compute).contiguous(at::MemoryFormat::ChannelsLast), *this, place);
}

at::Tensor laid_out_elsewhere(const at::Tensor& weight, at::ScalarType dtype) {
    const auto nothing = std::numeric_limits<float>::quiet_NaN();
    return at::full({}, nothing, weight.options().dtype(dtype)).expand(weight.sizes());
}

template <class Layer>
void FreezeWeights::take(Layer& layer, std::shared_ptr<const Frozen> frozen) {
    if (!frozen) return;
    layer.frozen = std::move(frozen);
    layer.weight = laid_out_elsewhere(layer.weight, dtype_);
    if (after_each_) after_each_();
}

void FreezeWeights::layer(const std::string&, Linear& linear) {
    base::expects(linear.weight.defined(), "weights are loaded before they are frozen");
    if (!linear.frozen) take(linear, Frozen::of(linear.weight, linear.bias, dtype_));
}

void FreezeWeights::layer(const std::string&, Conv2d& conv) {
    base::expects(conv.weight.defined(), "weights are loaded before they are frozen");
    if (conv.frozen) return;
    const bool is_short = asked_ == Asked::ResultsAlone && dtype_ == at::kFloat && can_be_short(conv.shape);
    take(conv,
         is_short ? Frozen::short_of(conv.weight, conv.bias) : Frozen::of(conv.weight, conv.bias, dtype_));
}

void CountShort::layer(const std::string&, Conv2d& conv) {
    const auto& [in, out, kernel, stride, padding] = conv.shape;
    if (!can_be_short(conv.shape) || in % strips::kWidth != 0 || out % strips::kWidth != 0) return;
    bytes += in * out * (winograd::kTaps - kernel * kernel) * std::int64_t{sizeof(float)};
}

void FreezeWeights::weight(const std::string&, at::Tensor& tensor, at::IntArrayRef) {
    if (tensor.scalar_type() == dtype_) return;
    tensor = tensor.to(dtype_);
    if (after_each_) after_each_();
}

}  // namespace lorikeet::nn
