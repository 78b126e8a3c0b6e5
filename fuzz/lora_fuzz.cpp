// A LoRA file of any bytes is refused with an Error, or fits a layer and can be merged into it.
#include <cstdint>
#include <cstring>
#include <span>

#include <ATen/ATen.h>

#include "adapters/surgery.hpp"
#include "base/error.hpp"
#include "io/safetensors.hpp"
#include "tensor/weights.hpp"

using namespace lorikeet;

namespace {

tensor::NamedTensors tensors_of(std::span<const std::byte> file) {
    const auto header = io::parse_safetensors_header(file, file.size());
    tensor::NamedTensors tensors;
    for (const auto& entry : header.entries) {
        auto tensor = at::empty(entry.shape, tensor::to_scalar_type(entry.dtype));
        const auto bytes = file.subspan(header.payload_begin + entry.begin, entry.end - entry.begin);
        if (!bytes.empty()) std::memcpy(tensor.mutable_data_ptr(), bytes.data(), bytes.size());
        tensors[entry.name] = tensor;
    }
    return tensors;
}

void merge_into_layers(const adapters::LoraFile& file) {
    nn::Linear linear(6, 8, nn::Bias::No);
    nn::Conv2d conv = nn::conv1x1(6, 6);
    linear.weight = at::zeros({8, 6});
    conv.weight = at::zeros({6, 6, 1, 1});
    adapters::FindTargets find(
        adapters::Half::Unet, [](const std::string& path) { return path; }, adapters::Reach::Everything);
    linear.visit(find, "lora_unet_linear");
    conv.visit(find, "lora_unet_conv");
    adapters::merge(file, find.targets, 1);
    base::expects(linear.weight.sizes() == at::IntArrayRef({8, 6}), "a merged weight keeps its shape");
    base::expects(conv.weight.sizes() == at::IntArrayRef({6, 6, 1, 1}), "a merged kernel keeps its shape");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        merge_into_layers(adapters::parse_lora(tensors_of(std::as_bytes(std::span(data, size))), {}, "fuzz"));
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
    }
    return 0;
}
