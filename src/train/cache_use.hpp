// Which entries of the caches a run of a job would ask for: the same functions are asked as in the run, and nothing is encoded.
#pragma once

#include <set>
#include <string>

#include "base/cancel.hpp"
#include "settings/job.hpp"

namespace lorikeet::train {

// Their keys: of latents in each type that a VAE may compute in, and of captions. The images' bytes are read.
// Throws   what choose and scan throw; what keeps images from being read; Error{Interrupted}.
std::set<std::string> cache_keys_of(const settings::Job& job, const base::Cancel& cancel);

}  // namespace lorikeet::train
