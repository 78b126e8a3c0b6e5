// The config.json beside a tagger's weights, as timm writes it: what the weights' own shapes do not tell.
//
// A key of `model_args` changes what the network computes, so one that is not known is refused; what shapes tell (widths,
// depths) and what concerns training alone (drop rates) is passed over.
//
// Source   timm 1.0.31, timm/models/_hub.py (save_for_hf); the keys of each network from its class.
// Throws   Error{Corrupt} for what is not JSON or has a value of another kind, Error{Unsupported} for a key that is not
//          known, or a value that is not built; each names the file and the key.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace lorikeet::tag {

enum class Activation { Gelu, GeluTanh };
enum class Pool { Average, Token };

struct ModelConfig {
    std::string architecture;  // timm's name; empty: not said
    std::optional<Activation> activation;
    std::optional<Pool> pool;
    std::optional<std::int64_t> image_px;  // the side of the square
    std::optional<std::int64_t> outputs;
    std::optional<std::int64_t> heads;       // of a ViT or EVA
    std::optional<std::int64_t> window;      // of a SwinV2
    std::optional<std::int64_t> grid_cells;  // of an EVA: the side that rotary positions were learned on
    std::optional<double> norm_eps;
    std::array<double, 3> mean{0.5, 0.5, 0.5};  // of the channels, as the network is given them
    std::array<double, 3> deviation{0.5, 0.5, 0.5};
};

// `name` is what messages call it.
ModelConfig parse_model_config(std::string_view json, const std::string& name);

// Of the folder of a tagger; nothing where it has no config.json.
std::optional<ModelConfig> read_model_config(const base::Path& folder);

}  // namespace lorikeet::tag
