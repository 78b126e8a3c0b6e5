// The tiny checkpoint with something changed, and what is said about it.
#pragma once

#include <string>
#include <string_view>

#include "base/error.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

// Everything that is in a file.
inline tensor::NamedTensors all_of(const base::Path& path) {
    const tensor::WeightFile file(path);
    tensor::NamedTensors tensors;
    for (const auto& entry : file.entries()) tensors[entry.name] = file.get(entry.name);
    return tensors;
}

// The tiny checkpoint, changed, under another name.
class Changed {
  public:
    explicit Changed(const base::Path& original = support::tiny_checkpoint())
        : tensors(all_of(original)), metadata(tensor::WeightFile(original).metadata()) {}
    base::Path save(std::string_view name = "changed.safetensors") const {
        const auto path = folder_.path() / name;
        tensor::save_tensors(path, tensors, metadata);
        return path;
    }
    tensor::NamedTensors tensors;
    io::Metadata metadata;

  private:
    support::TempFolder folder_;
};

inline std::string message_of(const auto& action) {
    try {
        action();
    } catch (const base::Error& error) {
        return std::string(error.what()) + " " + error.hint();
    }
    return "nothing was thrown";
}

inline bool holds(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace lorikeet::models
