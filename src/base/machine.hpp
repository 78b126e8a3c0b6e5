// The memory of the machine, or of the container that this process lives in.
#pragma once

#include <cstdint>

#include "base/file.hpp"

namespace lorikeet::base {

struct MachineMemory {
    std::uint64_t total_bytes = 0;  // 0: the system does not tell
    std::uint64_t free_bytes = 0;   // without taking any from another process
};

// A container may be given less than the machine has. Files of the system are looked up below `root`.
MachineMemory machine_memory(const Path& root = "/");

}  // namespace lorikeet::base
