// The NVIDIA cards of this machine: from the driver's own files, else from the driver itself, asked by dlopen. Without a
// driver there is nothing, and nothing fails.
#pragma once

#include <string>
#include <vector>

#include "studio/doctor.hpp"

namespace lorikeet::studio {

struct GraphicsCards {
    std::vector<std::string> names;  // "NVIDIA GeForce RTX 3090, 25.4 GB"
    std::string driver;              // "550.54.15"; empty when there is none
};
GraphicsCards look_at_card(const Surroundings& surroundings);

}  // namespace lorikeet::studio
