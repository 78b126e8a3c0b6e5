// Files of tensors found by a key, in a folder that may be deleted at any time: what both caches stand on.
//
// An entry is a safetensors file <folder>/<first two digits>/<key>.safetensors, with its key and the SHA-256 of its payload
// in its metadata. A key is a SHA-256 of all that the entry is made from, so that nothing ever has to be invalidated.
#pragma once

#include <optional>
#include <string>

#include "base/file.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::data {

class EntryStore {
  public:
    explicit EntryStore(base::Path folder) : folder_(std::move(folder)) {}

    // Views of the mapped file. Nothing when it is not there, damaged, or holds NaN or infinity.
    std::optional<tensor::NamedTensors> find(const std::string& key) const;
    bool has(const std::string& key) const { return find(key).has_value(); }
    // Throws Error{Io}, Error{NoSpace}. Safe against others that write the same entry.
    void keep(const std::string& key, const tensor::NamedTensors& tensors) const;
    base::Path file_of(const std::string& key) const;

  private:
    base::Path folder_;
};

}  // namespace lorikeet::data
