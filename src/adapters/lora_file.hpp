// Files of adapters, of every kind in the table (kind.hpp), in kohya's layout: "<layer>.lora_down.weight" and so on; LoRAs of
// peft and diffusers are read by the same names (peft.hpp).
//
// Golden   tests/golden/lora_file.safetensors
// Throws   what tensor::WeightFile throws; Error{Unsupported} for files of kinds without a row (LoHa, LoKr, DoRA, ...) and
//          other layouts; Error{Corrupt} for tensors of a layer that do not belong together.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "adapters/kind.hpp"
#include "adapters/network.hpp"
#include "adapters/targets.hpp"
#include "base/file.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::adapters {

struct LoraEntry {
    const Kind* kind = nullptr;
    LayerTensors tensors;         // settled; parameters as in the file: dtype and all
    std::string not_finite = {};  // "a NaN in lora_up"; empty when all its numbers are finite
    bool adds_zero = false;       // see Kind

    ModuleFacts facts() const { return kind->facts(tensors); }
};

struct LoraFile {
    std::map<std::string, LoraEntry> entries;  // by the layer's name in files
    io::Metadata metadata;
    std::string source = {};                 // what messages call it: the file's name
    std::vector<std::string> left_out = {};  // names of tensors that are no layer's: bundled embeddings
    std::size_t zero_alphas = 0;             // layers whose alpha is 0 in the file
};
// That some layers have no place in a model, in a sentence. `unknown` is not empty.
std::string words_for_unknown(const LoraFile& file, const std::vector<std::string>& unknown);
// That it adds zero everywhere, for those who use it as it is; empty where it does not.
std::string words_for_zero(const LoraFile& file);
// What is not used of the file, or used in another way than it seems, a sentence each.
std::vector<std::string> notes_on(const LoraFile& file);

// A tensor's name in two, those of peft and diffusers by kohya's names; nothing for what is no layer's.
std::optional<TensorName> layer_tensor(const std::string& name);

// The kind of all layers in a file, by its names alone; nullptr where there are several, one that has no row, or none.
const Kind* kind_in(const io::SafetensorsFile& file);

LoraFile read_lora(const base::Path& path);
// The same from tensors by their names in the file; `source` is what messages call it.
LoraFile parse_lora(const tensor::NamedTensors& tensors, io::Metadata metadata, const std::string& source);

// Every tensor, alpha too, is cast to `type`. Written whole or not at all. To the metadata are added the two
// hashes by which tools find the file again: sshs_model_hash and sshs_legacy_hash.
void save_lora(const base::Path& path, const Network& network, at::ScalarType type,
               const io::Metadata& metadata);

// Which layers of a model a file fits.
struct Fitting {
    std::vector<Given> given;
    std::vector<std::string> unknown;  // names that no layer has; such parts of the file are left out
};
// Throws Error{InvalidInput} when no layer has any of the names; Error{Corrupt} when a shape is another one, or a number
// of a layer that fits is not finite.
Fitting fit(const LoraFile& file, const std::vector<Target>& targets);

// A network that goes on from a file, at the ranks and alphas of the file. Targets that it lacks get a fresh module, as the
// options say. `unknown` gets the names that no layer has.
std::unique_ptr<Network> network_from(const LoraFile& file, const std::vector<Target>& targets,
                                      const NetworkOptions& options, std::uint64_t seed,
                                      std::vector<std::string>& unknown);

}  // namespace lorikeet::adapters
