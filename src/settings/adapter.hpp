// [adapter]: what is trained beside the frozen model.
#pragma once

#include <cstdint>
#include <string>

#include "settings/describe.hpp"

namespace lorikeet::settings {

struct Adapter {
    std::int64_t rank = 16;
    double alpha = 8;  // strength is alpha / rank
    bool train_unet = true;
    bool train_text = true;
    double dropout = 0;      // share of the low-rank activations left out at random
    std::string start_from;  // a LoRA file to go on from; empty: from nothing
};

void describe(Section<Adapter>& section);

}  // namespace lorikeet::settings
