// The tiny captioner of the golden file blip.safetensors as a folder that it is opened from. No tensors in here.
#pragma once

#include <string>
#include <vector>

#include "io/safetensors.hpp"
#include "support/places.hpp"

namespace lorikeet::support {

// model.safetensors, config.json, preprocessor_config.json and tokenizer.json; images of 32 px.
inline void write_captioner(const base::Path& folder) {
    std::filesystem::create_directories(folder);
    const io::SafetensorsFile file(root() / "tests" / "golden" / "blip.safetensors");
    std::vector<io::TensorToWrite> weights;
    for (const auto& entry : file.entries())
        if (entry.name.starts_with("weight."))
            weights.push_back({entry.name.substr(7), entry.dtype, entry.shape, file.bytes(entry)});
    io::write_safetensors(folder / "model.safetensors", std::move(weights), {});
    base::write_whole(folder / "config.json", file.metadata().at("config"));
    base::write_whole(folder / "preprocessor_config.json", file.metadata().at("preprocessor"));
    base::write_whole(folder / "tokenizer.json", file.metadata().at("tokenizer"));
}

// The same of blip_saved.safetensors, as transformers 5 saves it: processor_config.json; images of 16 px.
inline void write_saved_captioner(const base::Path& folder) {
    std::filesystem::create_directories(folder);
    const io::SafetensorsFile file(root() / "tests" / "golden" / "blip_saved.safetensors");
    std::vector<io::TensorToWrite> weights;
    for (const auto& entry : file.entries())
        if (entry.name.starts_with("weight."))
            weights.push_back({entry.name.substr(7), entry.dtype, entry.shape, file.bytes(entry)});
    io::write_safetensors(folder / "model.safetensors", std::move(weights), {});
    for (const auto* name : {"config", "processor_config", "tokenizer"})
        base::write_whole(folder / (std::string(name) + ".json"), file.metadata().at(name));
}

}  // namespace lorikeet::support
