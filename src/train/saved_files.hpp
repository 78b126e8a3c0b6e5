// The list of LoRA files that a run wrote on its way, kept in its directory: what output.keep_last may remove.
//
// Source   docs/formats/run-directory.md, "checkpoints".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::train {

class SavedFiles {
  public:
    // Of the folder of checkpoints; `list` is where the list lies. A list that is not there or damaged is empty.
    SavedFiles(base::Path folder, base::Path list);

    // Notes a file that was just written to the folder. Throws Error{NoSpace}, Error{Io}.
    void add(const std::string& name, std::int64_t step);
    // Removes all but the `kept` of the latest steps: only what is on the list and still is what was written. What is
    // there under a listed name but holds other weights is somebody else's.
    void keep_last(std::int64_t kept);

  private:
    struct Saved {
        std::string name;
        std::int64_t step = 0;
        std::string weights;  // their SHA-256
    };
    void write() const;

    base::Path folder_, list_;
    std::vector<Saved> saved_;
};

}  // namespace lorikeet::train
