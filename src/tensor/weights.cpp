#include "tensor/weights.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::tensor {
namespace {

using io::DType;

struct Pair {
    DType dtype;
    at::ScalarType type;
    std::string_view name;
};
constexpr std::array<Pair, 15> kPairs{{
    {DType::F64, at::kDouble, "float64"},
    {DType::F32, at::kFloat, "float32"},
    {DType::F16, at::kHalf, "float16"},
    {DType::BF16, at::kBFloat16, "bfloat16"},
    {DType::F8E4M3, at::kFloat8_e4m3fn, "float8 e4m3"},
    {DType::F8E5M2, at::kFloat8_e5m2, "float8 e5m2"},
    {DType::I64, at::kLong, "int64"},
    {DType::I32, at::kInt, "int32"},
    {DType::I16, at::kShort, "int16"},
    {DType::I8, at::kChar, "int8"},
    {DType::U8, at::kByte, "uint8"},
    {DType::U16, at::kUInt16, "uint16"},
    {DType::U32, at::kUInt32, "uint32"},
    {DType::U64, at::kUInt64, "uint64"},
    {DType::Bool, at::kBool, "bool"},
}};

// Contiguous copies on the CPU, held while their bytes are written.
struct Held {
    std::vector<at::Tensor> tensors;
    std::vector<io::TensorToWrite> entries;
};

Held hold(const NamedTensors& named) {
    Held held;
    for (const auto& [name, tensor] : named) {
        held.tensors.push_back(tensor.detach().to(at::kCPU).contiguous());
        const auto& t = held.tensors.back();
        held.entries.push_back({name, to_dtype(t.scalar_type()), t.sizes().vec(),
                                std::span(static_cast<const std::byte*>(t.const_data_ptr()), t.nbytes())});
    }
    return held;
}

}  // namespace

at::ScalarType to_scalar_type(DType dtype) {
    for (const auto& pair : kPairs)
        if (pair.dtype == dtype) return pair.type;
    base::fail(base::ErrorCode::Unsupported,
               fmt::format("Tensors of dtype {} are not supported.", io::name_of(dtype)));
}

DType to_dtype(at::ScalarType type) {
    for (const auto& pair : kPairs)
        if (pair.type == type) return pair.dtype;
    base::fail(base::ErrorCode::Unsupported,
               fmt::format("Tensors of dtype {} cannot be saved.", c10::toString(type)));
}

std::string_view name_of(at::ScalarType type) {
    for (const auto& pair : kPairs)
        if (pair.type == type) return pair.name;
    return c10::toString(type);
}

WeightFile::WeightFile(const base::Path& path) : file_(std::make_shared<const io::SafetensorsFile>(path)) {}

bool WeightFile::has(std::string_view name) const { return file_->find(name) != nullptr; }

at::Tensor WeightFile::find(std::string_view name) const {
    const auto* entry = file_->find(name);
    if (!entry) return {};
    const auto type = to_scalar_type(entry->dtype);
    const auto bytes = file_->bytes(*entry);
    if (bytes.empty()) return at::empty(entry->shape, type);
    auto* data = const_cast<std::byte*>(bytes.data());
    if (reinterpret_cast<std::uintptr_t>(data) % bytes_of(entry->dtype) != 0) {
        auto copy =
            at::empty(entry->shape, type);  // an oddly aligned file; rare, and ATen wants aligned data
        std::copy(bytes.begin(), bytes.end(), static_cast<std::byte*>(copy.mutable_data_ptr()));
        return copy;
    }
    return at::from_blob(
        data, entry->shape, [keep = file_](void*) {}, type);
}

at::Tensor WeightFile::get(std::string_view name) const {
    auto tensor = find(name);
    if (!tensor.defined())
        base::fail(base::ErrorCode::Corrupt,
                   fmt::format("{}: the tensor {} is missing.", path().string(), name),
                   "The file is damaged or of another kind; lorikeet inspect tells what it holds.");
    return tensor;
}

void save_tensors(const base::Path& path, const NamedTensors& tensors, const io::Metadata& metadata,
                  io::Synced synced) {
    auto held = hold(tensors);
    io::write_safetensors(path, std::move(held.entries), metadata, synced);
}

std::string payload_sha256(const NamedTensors& tensors) { return io::payload_sha256(hold(tensors).entries); }

std::string legacy_hash(const NamedTensors& tensors, const io::Metadata& metadata) {
    constexpr std::uint64_t kFirst = 0x100000, kCount = 0x10000;
    return io::slice_sha256(hold(tensors).entries, metadata, kFirst, kCount).substr(0, 8);
}

}  // namespace lorikeet::tensor
