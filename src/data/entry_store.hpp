// Files of tensors found by a key, in a folder that may be deleted at any time: what both caches stand on.
//
// An entry is a safetensors file <folder>/<first two digits>/<key>.safetensors, with its key and the SHA-256 of its payload
// in its metadata. A key is a SHA-256 of all that the entry is made from, so that nothing ever has to be invalidated. Each
// is written whole and found by others at once; nobody waits for the disk (docs/adr/0029): what a power cut leaves half
// written is told by its SHA-256.
#pragma once

#include <optional>
#include <string>

#include "base/file.hpp"
#include "data/made_from.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::data {

// Damaged: there, and cut off, changed, another's, or with NaN or infinity in it.
enum class EntryState { Missing, Damaged, Sound };

class EntryStore {
  public:
    explicit EntryStore(base::Path folder) : folder_(std::move(folder)) {}

    // Views of the mapped file. Nothing when it is not there, damaged, or holds NaN or infinity.
    std::optional<tensor::NamedTensors> find(const std::string& key) const;
    bool has(const std::string& key) const { return find(key).has_value(); }
    // The same told apart. A sound entry counts as used now.
    EntryState look_up(const std::string& key) const;
    // The file's time says when an entry was last used, to the day.
    void mark_as_used(const std::string& key) const;
    // Throws Error{Io}, Error{NoSpace}. Safe against others that write the same entry.
    void keep(const std::string& key, const tensor::NamedTensors& tensors,
              const MadeFrom& made_from = {}) const;
    base::Path file_of(const std::string& key) const;
    // What an entry says that its key is; empty where it says none.
    static std::string key_in(const io::Metadata& metadata);

  private:
    base::Path folder_;
};

}  // namespace lorikeet::data
