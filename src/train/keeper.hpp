// Everything that a run keeps: its state, LoRA files, pictures made on the way.
//
// Throws   Error{NoSpace}, Error{Io}: what was kept before stays. Error{Conflict} when a state was made with other settings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/event.hpp"
#include "data/scan.hpp"
#include "settings/job.hpp"
#include "train/horizon.hpp"
#include "train/recipe.hpp"
#include "train/run_dir.hpp"
#include "train/state.hpp"

namespace lorikeet::train {

// The name of a LoRA saved on the way, after `step` steps.
std::string lora_name(const std::string& name, const Horizon& horizon, std::int64_t step);
// Whether one is saved after so many steps; the finished one at the very end is another matter.
bool saves_lora_after(const settings::Output& output, const Horizon& horizon, std::int64_t step);

class Keeper {
  public:
    // Borrows all three.
    Keeper(const settings::Job& job, const RunDir& run, base::EventSink& events)
        : job_(job), run_(run), events_(events) {}

    // The pictures that the run is made with: part of the state, and of the LoRA's metadata.
    void remember(const std::vector<data::Picture>& pictures);

    void save_state(State state) const;
    // Nothing when none was saved so far. A run of a constant rate may have another end than the one it was saved with.
    std::optional<State> load_state(std::int64_t total_steps) const;

    // "<name>-000002.safetensors" behind an epoch, "<name>-step00000150.safetensors" within one; old ones go as
    // output.keep_last says.
    base::Path save_lora(Recipe& recipe, std::int64_t step, const Horizon& horizon);
    // "<name>.safetensors".
    base::Path save_final(Recipe& recipe, std::int64_t step, const Horizon& horizon);

    // One picture for each of sample.prompts.
    void paint_samples(Recipe& recipe, std::int64_t step, const base::Cancel& cancel) const;

  private:
    void remove_old_loras() const;
    void write_lora(const base::Path& file, Recipe& recipe, std::int64_t step, const Horizon& horizon);

    const settings::Job& job_;
    const RunDir& run_;
    base::EventSink& events_;
    std::vector<data::Picture> pictures_;
    std::string fingerprint_;  // SHA-256 over names, sizes and captions
    std::string started_at_;
    std::string checkpoint_sha256_;  // of the whole file; read when the first LoRA is written
};

}  // namespace lorikeet::train
