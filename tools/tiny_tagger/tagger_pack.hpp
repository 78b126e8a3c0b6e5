// What training made, as the folder of a tagger: model.safetensors (float16), selected_tags.csv and config.json, as those of
// the WD v3 taggers are.
#pragma once

#include <cstdint>
#include <string>

#include "base/file.hpp"
#include "tag/convnext.hpp"

namespace lorikeet::tiny_tagger {

// As timm writes it, so that `timm.create_model(architecture, num_classes=..., **model_args)` makes this network.
std::string config_file(const tag::ConvNextSpec& spec);

// From FOLDER/tagger.safetensors of that many steps. Returns a line for each file: its size and SHA-256.
std::string pack_tagger(const base::Path& folder, std::int64_t steps, const base::Path& tagger);

}  // namespace lorikeet::tiny_tagger
