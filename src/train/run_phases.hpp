// The phases of a run: in which order they come, and which parts of the model may be loaded in each. Told here alone: the
// run goes through them (train/loop), the forecast rehearses them (train/forecast), and a test compares what both have
// loaded in each.
//
// Before the first of them the images are read, since what can be kept depends on their captions.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "data/scan.hpp"
#include "models/model.hpp"
#include "settings/job.hpp"

namespace lorikeet::train {

enum class Phase {
    Load,           // the checkpoint's header; no weights yet
    CacheLatents,   // what the VAE makes of images is kept
    CacheText,      // what frozen text encoders make of captions and prompts is kept
    Fit,            // what is trained is made, and takes up a saved state
    SampleFirst,    // before the first step
    Train,          // all steps
    SampleBetween,  // within Train, which goes on afterwards
    Save,           // the finished file
    SampleLast,     // behind it
};

struct RunPhase {
    Phase phase = Phase::Load;
    std::vector<models::Part> parts;  // that may be loaded meanwhile
    bool operator==(const RunPhase&) const = default;
};

// The event "phase" that it begins with (docs/formats/run-directory.md); empty where none is told.
std::string_view name_of(Phase phase);

struct RunPhases {
    std::vector<RunPhase> in_order;  // as each comes first
    RunPhase between;  // samples on the way; also those that are asked for where the job wants none
    std::set<std::string> kept_texts;  // captions and prompts, for Phase::CacheText
    // Frozen text encoders stay loaded although the job would keep what they make: too many captions are shown.
    bool too_many_captions = false;

    const RunPhase& at(Phase phase) const;  // one that is there
};

inline constexpr std::size_t kMostKeptTexts = 10'000;

// What text encoders make of captions is kept, unless there are too many or one of them learns.
bool wants_text_kept(const settings::Job& job);

// Of a job whose choices are made. Without images, of what the settings alone say. `held_out`: for the validation loss.
RunPhases phases_of(const settings::Job& job, const std::vector<data::DatasetImage>& images,
                    const std::vector<data::DatasetImage>& held_out = {});

// The start of a phase: parts that are not its own are let go. Others are loaded once they are wanted.
void release_others(models::Model& model, const RunPhase& phase);
// The parts that are loaded now.
std::vector<models::Part> loaded_parts(const models::Model& model);

}  // namespace lorikeet::train
