// What of a job's settings does nothing, or less than it seems: worth a line of the plan, and stops nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "settings/assign.hpp"
#include "settings/job.hpp"
#include "studio/estimate.hpp"

namespace lorikeet::studio {

// Learning rates that were set for a part that is not trained.
std::vector<std::string> notes_on_rates(const settings::Job& job);

// Learning rates at which nothing is learned, or too much at once. Warnings.
std::vector<std::string> notes_on_odd_rates(const settings::Job& job);

// A batch that is larger than an epoch.
std::vector<std::string> notes_on_batch(const settings::Job& job, const RunLength& length);

// A size that is far from the one that the model was made for, with the one that is better where there is one.
struct SizeNote {
    std::string text;
    std::optional<settings::Assignment> fix;
};
std::optional<SizeNote> note_on_size(const std::vector<std::int64_t>& resolution, std::int64_t native_px);

// Images that are seen so often that they are learned by heart. A warning.
std::vector<std::string> notes_on_views(const settings::Job& job, const RunLength& length);

// No word of its own for what is learned: a warning where no caption has one either.
struct TriggerNote {
    std::string text;  // empty where all is well
    bool warns = false;
};
TriggerNote note_on_trigger(const settings::Job& job, std::int64_t images, std::int64_t captions_missing);

// Batches of the first epoch that a run never reaches.
std::vector<std::string> notes_on_length(const settings::Job& job, const RunLength& length);

// The practice model, "tiny", with images of one's own: a warning. Empty otherwise. Relative folders start in `working_folder`,
// where the program is started where that is empty.
std::string note_on_practice_model(const settings::Job& job, const base::Path& working_folder = {});

// All of these. `chosen` is the job as it was wanted, with what was left open chosen.
struct SettingsNotes {
    std::vector<std::string> warnings;  // what will most likely spoil the LoRA
    std::vector<std::string> notes;
};
SettingsNotes notes_on_settings(const settings::Job& wanted, const settings::Job& chosen,
                                const RunLength& length, std::int64_t captions_missing);

}  // namespace lorikeet::studio
