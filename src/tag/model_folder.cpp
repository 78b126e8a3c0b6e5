#include "tag/model_folder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/processor.hpp"
#include "tensor/cuda.hpp"
#include "tensor/device.hpp"

namespace lorikeet::tag {

namespace {

constexpr int kWithBfloat16 = 80;  // compute capability: Ampere

at::ScalarType type_for(settings::TagPrecision precision, at::Device device) {
    using settings::TagPrecision;
    if (precision == TagPrecision::Float32) return at::kFloat;
    if (precision == TagPrecision::Bfloat16) return at::kBFloat16;
    const bool fast = device.is_cuda() ? tensor::cuda_facts().capability >= kWithBfloat16
                                       : base::processor() >= base::Processor::Avx512Bf16;
    return fast ? at::kBFloat16 : at::kFloat;
}

}  // namespace

void expect_folder(const base::Path& folder, const char* whose) {
    if (!base::is_folder(folder))
        base::fail(base::ErrorCode::NotFound,
                   fmt::format("There is no folder of a {} at {}.", whose, base::printable(folder.string())),
                   base::hint_for_missing(folder.string()));
}

base::Path file_in(const base::Path& folder, const char* whose, const char* name, const char* hint) {
    const auto file = folder / name;
    if (!base::is_file(file))
        base::fail(base::ErrorCode::NotFound,
                   fmt::format("The folder of the {}, {}, has no {}.", whose,
                               base::printable(folder.string()), name),
                   hint);
    return file;
}

ComputeIn compute_for(settings::DeviceChoice device, settings::TagPrecision precision) {
    const auto picked = tensor::pick_device(say(device).word);
    return {type_for(precision, picked), picked};
}

std::string device_name(at::Device device) {
    return device.is_cuda() ? tensor::look_for_cuda().card : "the processor";
}

std::string fingerprint_of(const tensor::WeightFile& file, const std::vector<std::string>& more) {
    constexpr std::size_t kPieces = 16, kPiece = 65536;
    base::Sha256 sum;
    for (const auto& entry : file.entries())
        sum.add(fmt::format("{} {} {}\n", entry.name, io::name_of(entry.dtype), fmt::join(entry.shape, ",")));
    const auto payload = file.file().payload();
    for (std::size_t i = 0; i < kPieces; ++i) {
        const auto at = payload.size() / kPieces * i;
        sum.add(payload.subspan(at, std::min(kPiece, payload.size() - at)));
    }
    sum.add(payload.last(std::min(kPiece, payload.size())));
    for (const auto& text : more) sum.add(text);
    return sum.hex();
}

}  // namespace lorikeet::tag
