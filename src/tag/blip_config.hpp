// config.json and preprocessor_config.json of a BLIP captioner, as transformers writes them: what the weights' own shapes do
// not tell.
//
// A key that is not known may change what is computed, so it is refused; widths and depths, which shapes tell, and what
// concerns training or transformers' own search are passed over. What a file leaves out is as transformers has it; without
// any config.json heads are 64 wide, as in the captioners of Salesforce.
//
// Source   transformers 4.54.1, models/blip/configuration_blip.py, image_processing_blip.py.
// Throws   Error{Corrupt} for what is not JSON or has a value of another kind, Error{Unsupported} for a key that is not
//          known, or a value that is not built; each names the file and the key.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "tag/model_config.hpp"

namespace lorikeet::tag {

struct BlipTower {
    std::optional<std::int64_t> heads;  // unset: 64 wide each
    Activation activation = Activation::Gelu;
    double eps = 0;
};

struct BlipConfig {
    BlipTower vision{{}, Activation::Gelu, 1e-5};
    BlipTower text{{}, Activation::Gelu, 1e-12};
    std::int64_t begin_token = 30522;  // what a caption is begun with
    std::int64_t end_token = 102;      // and ended
};

struct BlipPreprocessor {
    std::optional<std::int64_t> side_px;  // unset: what the weights have positions for
    double factor = 1.0 / 255;
    std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
    std::array<double, 3> deviation{0.26862954, 0.26130258, 0.27577711};
};

// `name` is what messages call it.
BlipConfig parse_blip_config(std::string_view json, const std::string& name);
BlipPreprocessor parse_blip_preprocessor(std::string_view json, const std::string& name);

// Of the folder of a captioner; nothing where the file is not there.
std::optional<BlipConfig> read_blip_config(const base::Path& folder);
std::optional<BlipPreprocessor> read_blip_preprocessor(const base::Path& folder);

}  // namespace lorikeet::tag
