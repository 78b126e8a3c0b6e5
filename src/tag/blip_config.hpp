// config.json and preprocessor_config.json of a BLIP captioner, as transformers writes them: what the weights' own shapes do
// not tell. transformers 5 writes the processor into processor_config.json instead.
//
// A key of a tower that is not known may change what is computed, so it is refused; one at the top or of the processor is
// told in a note and passed over, as what changes the network would show in its weights. Widths and depths, which shapes tell,
// and what concerns training or transformers' own search are passed over too. null is as if the key were left out, and what is
// left out is as transformers has it; without any config.json heads are 64 wide, as in the captioners of Salesforce.
//
// Source   transformers 4.54.1 and 5.24.0, models/blip/configuration_blip.py, image_processing_blip.py.
// Throws   Error{Corrupt} for what is not JSON or has a value of another kind, Error{Unsupported} for a key of
//          a tower that is not known, or a value that is not built; each names the file and the key.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
    bool ties_words = true;            // the last layer's weights may be those of the words
    std::vector<std::string> notes;    // sentences: what was passed over
};

struct BlipPreprocessor {
    std::optional<std::int64_t> side_px;  // unset: what the weights have positions for
    double factor = 1.0 / 255;
    std::array<double, 3> mean{0.48145466, 0.4578275, 0.40821073};
    std::array<double, 3> deviation{0.26862954, 0.26130258, 0.27577711};
    std::vector<std::string> notes;
};

// `name` is what messages call it.
BlipConfig parse_blip_config(std::string_view json, const std::string& name);
BlipPreprocessor parse_blip_preprocessor(std::string_view json, const std::string& name);

// Of the folder of a captioner; nothing where no file tells it.
std::optional<BlipConfig> read_blip_config(const base::Path& folder);
std::optional<BlipPreprocessor> read_blip_preprocessor(const base::Path& folder);

}  // namespace lorikeet::tag
