// What to write to a LoRA: the text that calls up what it learned, found beside it.
#pragma once

#include <string>

#include "base/file.hpp"

namespace lorikeet::studio {

// For a LoRA among the checkpoints of a run: the prompt of that run's last sample, else the trigger of its first folder, else the first caption in it. Empty
// for any other file, and where there is neither. Relative paths of the run start in `working_folder`. Nothing throws.
std::string prompt_for_lora(const base::Path& lora, const base::Path& working_folder);

}  // namespace lorikeet::studio
