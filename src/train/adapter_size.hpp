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
    std::int64_t numbers = 0;  // that are trained, in all
};
// Of fresh modules; the adapter's rank is chosen by now.
AdapterSize adapter_size(const models::Spec& spec, const settings::Adapter& adapter);

}  // namespace lorikeet::train
