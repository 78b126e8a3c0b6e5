// What lies where a run would write: told before anything is replaced.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

// What lies where the run would go.
struct OutputFile {
    std::string name;  // below the run's folder: "checkpoints/bird.safetensors"
    std::uint64_t bytes = 0;
    double changed = 0;  // unix seconds
};
struct ExistingOutput {
    bool is_run = false;            // else something else lies there, and it is never replaced
    int pid = 0;                    // of a process that works there now
    std::vector<OutputFile> files;  // the finished ones, newest first
    std::uint64_t bytes = 0;        // of the whole folder
    double changed = 0;
    std::string next_free_name;  // "bird_v2"
};

// Nothing when the place is free. Looks and changes nothing.
std::optional<ExistingOutput> look_at_output(const base::Path& run_folder);

// What lies beside it under a name that nobody could tell from its own, since only invisible characters differ.
std::optional<base::Path> twin_of(const base::Path& run_folder);

}  // namespace lorikeet::studio
