// Where a file of weights meets tensors.
//
// Throws   what io::SafetensorsFile throws; Error{Unsupported} for a dtype that ATen does not have.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

#include "io/safetensors.hpp"

namespace lorikeet::tensor {

at::ScalarType to_scalar_type(io::DType dtype);
io::DType to_dtype(at::ScalarType type);
// "float32", "bfloat16": the words of settings and messages.
std::string_view name_of(at::ScalarType type);

// A safetensors file whose tensors are views of the mapped pages: nothing is copied, and the mapping lives as
// long as any of them. Views are read only by convention; clone what is written to.
class WeightFile {
  public:
    explicit WeightFile(const base::Path& path);
    bool has(std::string_view name) const;
    at::Tensor find(std::string_view name) const;  // undefined when absent
    at::Tensor get(std::string_view name) const;   // throws Error{Corrupt} when absent
    const std::vector<io::TensorEntry>& entries() const { return file_->entries(); }
    const io::Metadata& metadata() const { return file_->metadata(); }
    const base::Path& path() const { return file_->path(); }
    const io::SafetensorsFile& file() const { return *file_; }

  private:
    std::shared_ptr<const io::SafetensorsFile> file_;
};

using NamedTensors = std::map<std::string, at::Tensor>;

// Tensors of any device and layout; written whole or not at all.
void save_tensors(const base::Path& path, const NamedTensors& tensors, const io::Metadata& metadata = {},
                  io::Synced synced = io::Synced::Yes);
// The payload's SHA-256 if these were saved: kohya's `sshs_model_hash`.
std::string payload_sha256(const NamedTensors& tensors);
// The first eight digits of the SHA-256 of the 64 KiB that begin at 1 MiB of the file: kohya's
// `sshs_legacy_hash`.
std::string legacy_hash(const NamedTensors& tensors, const io::Metadata& metadata);

}  // namespace lorikeet::tensor
