// A run that goes on longer than it was planned to.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/file.hpp"
#include "settings/assign.hpp"

namespace lorikeet::studio {

// How far a run is to go from now on; both unset: as it was planned.
struct FurtherThan {
    std::optional<std::int64_t> steps, epochs;
    // What launch_resume() passes on besides (train_desk.hpp, ResumeWith).
    std::vector<settings::Assignment> changes{};
    bool accept_changes = false;
};
// What resume() is to change so that a run goes on longer; nothing when both are unset. It writes it into job.toml, once
// nothing stands against the resume. A finished LoRA that is there gets a second name with its step, so that the later
// one does not take its place.
// Throws Error{Conflict} when its learning rate falls towards the end that was planned, when a process works on it, or
// when it is further already.
std::vector<settings::Assignment> extend(const base::Path& run_folder, const FurtherThan& further);

}  // namespace lorikeet::studio
