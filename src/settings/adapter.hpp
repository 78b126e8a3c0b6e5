// [adapter]: what is trained beside the frozen model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "settings/describe.hpp"

namespace lorikeet::settings {

struct Adapter {
    std::optional<std::int64_t> rank;  // unset: chosen for the model
    std::optional<double> alpha;       // strength is alpha / rank; unset: chosen for the rank
    bool train_unet = true;
    bool train_text = true;
    double dropout = 0;      // share of the low-rank activations left out at random
    std::string start_from;  // a LoRA file to go on from; empty: from nothing
};

void describe(Section<Adapter>& section);

}  // namespace lorikeet::settings
