#include "models/quantized.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "base/printable.hpp"

namespace lorikeet::models {

using base::ErrorCode;

namespace {

constexpr std::string_view kWeight = "weight";
constexpr std::array<std::string_view, 2> kScales = {"scale_weight", "weight_scale"};
constexpr std::array<std::string_view, 4> kMarks = {"scale_input", "input_scale", "scaled_fp8",
                                                    "comfy_quant"};

struct Foreign {
    std::string_view end;
    std::string_view what;
};
constexpr std::array<Foreign, 10> kForeign{{
    {".weight_scale_2", "NVFP4"},
    {".qweight", "GPTQ or AWQ"},
    {".qzeros", "GPTQ or AWQ"},
    {".absmax", "bitsandbytes"},
    {".quant_map", "bitsandbytes"},
    {".SCB", "bitsandbytes"},
    {".weight_format", "bitsandbytes"},
    {".quant_state.bitsandbytes__nf4", "bitsandbytes"},
    {".quant_state.bitsandbytes__fp4", "bitsandbytes"},
    {".weight_zero_point", "whole numbers with a zero point"},
}};

// "a.scale_weight" belongs to "a.weight".
std::optional<std::string> weight_of_scale(std::string_view name) {
    for (const auto scale : kScales)
        if (name == scale || (name.ends_with(scale) && name[name.size() - scale.size() - 1] == '.'))
            return std::string(name.substr(0, name.size() - scale.size())) + std::string(kWeight);
    return std::nullopt;
}

bool is_floating(io::DType dtype) {
    switch (dtype) {
        case io::DType::F64:
        case io::DType::F32:
        case io::DType::F16:
        case io::DType::BF16:
        case io::DType::F8E4M3:
        case io::DType::F8E5M2: return true;
        default: return false;
    }
}

[[noreturn]] void refuse(const io::SafetensorsFile& file, const std::string& why) {
    base::fail(ErrorCode::Unsupported, fmt::format("{} {}", file.path().string(), why),
               "Take the same model in 16 bits (fp16 or bf16), or in fp8 as ComfyUI saves it.");
}

// `[out]`, `[out, 1]` or `[out, 1, 1, 1]` beside weights of `dims` axes; [out, blocks, 1] beside matrices.
at::Tensor multiplied(const at::Tensor& weight, const at::Tensor& scale) {
    const auto wide = weight.to(at::kFloat);
    if (scale.numel() == 1) return wide * scale.reshape({});
    const auto out = weight.dim() > 0 ? weight.size(0) : 0;
    if (scale.numel() == out && scale.size(0) == out) {
        auto sides = std::vector<std::int64_t>(static_cast<std::size_t>(weight.dim()), 1);
        sides[0] = out;
        return wide * scale.reshape(sides);
    }
    const bool blocks = weight.dim() == 2 && scale.dim() >= 2 && scale.size(0) == out &&
                        scale.numel() == out * scale.size(1) && weight.size(1) % scale.size(1) == 0;
    if (!blocks) return {};
    const auto count = scale.size(1);
    return (wide.view({out, count, -1}) * scale.reshape({out, count, 1})).view(weight.sizes());
}

}  // namespace

bool is_fp8(at::ScalarType type) { return type == at::kFloat8_e4m3fn || type == at::kFloat8_e5m2; }

bool belongs_to_scales(std::string_view name) {
    return weight_of_scale(name).has_value() ||
           std::any_of(kMarks.begin(), kMarks.end(), [&](auto mark) { return name.ends_with(mark); });
}

at::Tensor scale_of(const tensor::WeightFile& file, const std::string& weight_name) {
    if (!weight_name.ends_with(kWeight)) return {};
    const auto head = weight_name.substr(0, weight_name.size() - kWeight.size());
    for (const auto scale : kScales)
        if (const auto found = file.find(head + std::string(scale)); found.defined())
            return found.to(at::kFloat);
    return {};
}

at::Tensor with_scale(const at::Tensor& weight, const at::Tensor& scale, const std::string& weight_name) {
    auto result = multiplied(weight, scale);
    if (!result.defined())
        base::fail(ErrorCode::Unsupported,
                   fmt::format("The scale of {} has the shape [{}], which does not fit its weight's [{}].",
                               base::printable(weight_name), fmt::join(scale.sizes(), ", "),
                               fmt::join(weight.sizes(), ", ")),
                   "Take the same model in 16 bits (fp16 or bf16).");
    return result;
}

std::int64_t scaled_weights(const io::SafetensorsFile& file) {
    return std::count_if(file.entries().begin(), file.entries().end(),
                         [](const auto& entry) { return weight_of_scale(entry.name).has_value(); });
}

void expect_known_scales(const io::SafetensorsFile& file) {
    for (const auto& entry : file.entries()) {
        const std::string_view name = entry.name;
        for (const auto& foreign : kForeign)
            if (name.ends_with(foreign.end))
                refuse(file,
                       fmt::format("keeps its weights as {} does, which cannot be read (its tensor {}).",
                                   foreign.what, base::printable(name)));
        const auto weight_name = weight_of_scale(name);
        if (!weight_name) continue;
        const auto* weight = file.find(*weight_name);
        if (!weight)
            refuse(file, fmt::format("holds the scale {}, and not its weight.", base::printable(name)));
        if (!is_floating(weight->dtype) || !is_floating(entry.dtype))
            refuse(file,
                   fmt::format("holds the weight {} as {} with a scale of {}.", base::printable(*weight_name),
                               io::name_of(weight->dtype), io::name_of(entry.dtype)));
    }
}

}  // namespace lorikeet::models
