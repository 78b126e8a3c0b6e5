#include "optim/dynamic_map.hpp"

#include <cmath>
#include <vector>

namespace lorikeet::optim {
namespace {

constexpr int kDecades = 7;

// Half-way points of `count` equal parts of [0.1, 1], times the decade's power of ten.
std::vector<float> decade(int exponent, std::int64_t count) {
    const auto ends = at::linspace(0.1, 1, count + 1, at::kFloat);
    const auto middles = ((ends.narrow(0, 0, count) + ends.narrow(0, 1, count)) / 2).contiguous();
    const auto* first = middles.const_data_ptr<float>();
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i)
        values.push_back(static_cast<float>(std::pow(10.0, exponent)) * first[i]);
    return values;
}

at::Tensor values_of(Sign sign) {
    std::vector<float> values{0, 1};
    for (int i = 0; i < kDecades; ++i) {
        const auto count = std::int64_t{1} << (sign == Sign::Signed ? i : i + 1);
        for (const float value : decade(i - kDecades + 1, count)) {
            values.push_back(value);
            if (sign == Sign::Signed) values.push_back(-value);
        }
    }
    return std::get<0>(at::tensor(values, at::kFloat).sort());
}

}  // namespace

DynamicMap::DynamicMap(Sign sign, at::Device device) {
    const auto values = values_of(sign);
    zero_ = values.eq(0).nonzero().item<std::int64_t>();
    values_ = values.to(device);
    borders_ = (values_.narrow(0, 0, 255) + values_.narrow(0, 1, 255)) / 2;
}

Quantised DynamicMap::quantise(const at::Tensor& x) const {
    const auto scales = x.abs().amax(1, /*keepdim=*/true);    // [blocks, 1]
    const auto divisor = at::where(scales > 0, scales, 1.0);  // a block of zeros stays one
    const auto places = at::bucketize(x / divisor, borders_, /*out_int32=*/true);  // [blocks, 256]
    return {places.to(at::kByte), scales};
}

at::Tensor DynamicMap::read(const Quantised& quantised) const {
    const auto places = quantised.codes.flatten().to(at::kInt);
    return values_.index_select(0, places).view(quantised.codes.sizes()).mul_(quantised.scales);
}

Quantised DynamicMap::zeros(std::int64_t blocks) const {
    const auto options = values_.options();
    return {at::full({blocks, kBlock}, zero_, options.dtype(at::kByte)), at::zeros({blocks, 1}, options)};
}

}  // namespace lorikeet::optim
