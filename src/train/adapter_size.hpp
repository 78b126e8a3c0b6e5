// How large what is trained will be, told before anything is loaded, from the layers that the trainer would fit.
#pragma once

#include <cstdint>

#include "settings/adapter.hpp"

namespace lorikeet::models {
struct Spec;
}

namespace lorikeet::train {

struct AdapterSize {
    std::int64_t modules = 0;
    std::int64_t weights_per_rank = 0;  // of a fresh LoRA
    std::int64_t numbers = 0;  // of all layers, where they go on from a file; 0: weights_per_rank * rank
};
AdapterSize adapter_size(const models::Spec& spec, const settings::Adapter& adapter);

}  // namespace lorikeet::train
