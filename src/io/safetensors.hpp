// The safetensors format: an 8 byte length, a JSON header, then the bytes of the tensors.
//
// Source   https://github.com/huggingface/safetensors, "Format".
// Throws   Error{Corrupt} for anything that does not hold together, with what was found and what was wanted;
//          Error{Unsupported} for a file that is something else and tells so (HTML, pickle, zip, GGUF, a
//          image).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::io {

enum class DType { F64, F32, F16, BF16, F8E4M3, F8E5M2, I64, I32, I16, I8, U64, U32, U16, U8, Bool };
std::size_t bytes_of(DType dtype);
std::string_view name_of(DType dtype);  // as in the file: "F32", "BF16"

struct TensorEntry {
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0;  // from the start of the payload
    std::uint64_t end = 0;
    std::int64_t count() const;  // elements
};

using Metadata = std::map<std::string, std::string>;

// A file opened by mapping it; nothing is read but the header until bytes() is touched.
class SafetensorsFile {
  public:
    explicit SafetensorsFile(const base::Path& path);
    const base::Path& path() const { return file_.path(); }
    const std::vector<TensorEntry>& entries() const { return entries_; }  // sorted by name
    const TensorEntry* find(std::string_view name) const;                 // null when absent
    std::span<const std::byte> bytes(const TensorEntry& entry) const;
    std::span<const std::byte> payload() const;
    const Metadata& metadata() const { return metadata_; }
    const base::MappedFile& file() const { return file_; }

  private:
    base::MappedFile file_;
    std::size_t payload_begin_ = 0;
    std::vector<TensorEntry> entries_;
    Metadata metadata_;
};

// The header alone, from the first bytes of a file of `file_size` bytes: what is fuzzed. Nothing behind `file` is read,
// whatever the file claims: Error{Corrupt} where the header goes on there.
struct SafetensorsHeader {
    std::size_t payload_begin = 0;
    std::vector<TensorEntry> entries;
    Metadata metadata;
};
SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file, std::uint64_t file_size);

struct TensorToWrite {
    std::string name;
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

// Written whole or not at all. The very bytes of the reference library: by dtype (wider ones first), then by name.
// Golden   tests/golden/safetensors_file.safetensors
enum class Synced { No, Yes };  // No: base::write_unsynced
void write_safetensors(const base::Path& path, std::vector<TensorToWrite> tensors, const Metadata& metadata,
                       Synced synced = Synced::Yes);

// SHA-256 of the payload alone, as it would be written: what `sshs_model_hash` holds.
std::string payload_sha256(std::vector<TensorToWrite> tensors);

// SHA-256 of the bytes [first, first + count) of the file as it would be written, as far as it goes.
std::string slice_sha256(std::vector<TensorToWrite> tensors, const Metadata& metadata, std::uint64_t first,
                         std::uint64_t count);

}  // namespace lorikeet::io
