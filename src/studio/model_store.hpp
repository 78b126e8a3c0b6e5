// What a file of weights is, told from its header, and whether all its numbers are finite, for which it is read once.
//
// Throws   what io::SafetensorsFile throws: Error{NotFound}, Error{Corrupt}, Error{Unsupported}.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

// The adapters of one part of a model ("U-Net", "text encoder"), counted.
struct LoraPart {
    std::string part;
    std::int64_t modules = 0;
    std::map<std::int64_t, std::int64_t> ranks;  // rank -> modules that have it
    std::map<double, std::int64_t> alphas;       // alpha -> modules that have it
    std::int64_t without_alpha = 0;              // those act as if alpha were their rank
};

// A tensor that holds NaN or infinity.
struct BadTensor {
    std::string name;
    std::string words;  // "128 NaN"
};

struct FileReport {
    base::Path file;
    std::uint64_t bytes = 0;
    std::string kind;      // "LoRA", "Stable Diffusion 1.x checkpoint"
    std::string sentence;  // the same for people, and what it can be used for here
    std::int64_t tensors = 0;
    std::int64_t parameters = 0;
    std::map<std::string, std::int64_t> tensors_by_dtype;    // "F16" -> count
    std::vector<std::pair<std::string, std::string>> facts;  // "trained on" -> "...": what the metadata tells
    std::vector<LoraPart> lora;                              // empty when it is none
    std::vector<BadTensor> not_finite;
    std::map<std::string, std::string> metadata;  // as in the file
};

enum class Numbers { LookThrough, Leave };  // Leave: the header alone is read
FileReport inspect(const base::Path& file, Numbers numbers = Numbers::LookThrough);

// What the metadata that sd-scripts and we write tells about a training, in words and in a fixed order.
std::vector<std::pair<std::string, std::string>> training_facts(
    const std::map<std::string, std::string>& metadata);

}  // namespace lorikeet::studio
