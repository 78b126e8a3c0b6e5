// Everything that a run keeps: its state, files of what is trained, images made on the way.
//
// All that a save needs is in memory before the first step: checkpoint, images and captions may go away afterwards.
// Throws   Error{NoSpace}, Error{Io}: what was kept before stays. Error{Conflict} when a state was made with other settings,
//          another checkpoint or other images.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/event.hpp"
#include "data/scan.hpp"
#include "settings/job.hpp"
#include "train/file_hash.hpp"
#include "train/recipe.hpp"
#include "train/run_dir.hpp"
#include "train/run_inputs.hpp"
#include "train/run_schedule.hpp"
#include "train/saved_files.hpp"
#include "train/state.hpp"
#include "train/trainees.hpp"

namespace lorikeet::train {

// What differs from what a state was made with: refused, or gone on with and recorded.
enum class Differences { Refuse, Accept };

class RunSaver {
  public:
    // Of the checkpoint, in the metadata of a file: whether somebody who stops a run waits for it.
    enum class Hash { Awaited, IfKnown };

    // Borrows all three.
    RunSaver(const settings::Job& job, const RunDir& run, base::EventSink& events)
        : job_(job), run_(run), events_(events), saved_(run.checkpoints(), run.saved_list()) {}

    // What comes out of the run, in messages: "LoRA".
    std::string result() const { return std::string(trainee_of(job_).result); }

    // The images and the model that the run is made with: part of the state, and of a file's metadata.
    void remember(const std::vector<data::DatasetImage>& images,
                  const std::vector<data::DatasetImage>& held_out = {});
    void remember(const models::Model& model);
    // Begins to work out what nobody waits for: the checkpoint's hash, for the metadata.
    void start_hashing();

    void save_state(State state);
    void save_state_to(const base::Path& file, State state);
    // Nothing when none was saved so far. A run of a constant rate may have another end than the one it was saved with.
    // Files that moved are known by their content.
    std::optional<State> load_state(std::int64_t total_steps, Differences differences = Differences::Refuse);
    // Writes into job.toml what settings are other than there, and keeps the rest of it as it is.
    void record_job() const;

    // "<name>-000002.safetensors" behind an epoch, "<name>-step00000150.safetensors" within one; old ones go as
    // output.keep_last says.
    base::Path save_file(Recipe& recipe, std::int64_t step, const TrainingLength& length,
                         Hash hash = Hash::Awaited);
    // "<name>.safetensors".
    base::Path save_final(Recipe& recipe, std::int64_t step, const TrainingLength& length);
    // The same where the run's own folder does not take it; nothing when no place does.
    std::optional<base::Path> save_final_elsewhere(Recipe& recipe, std::int64_t step,
                                                   const TrainingLength& length);

    // One image for each prompt of sampled_by(). How many were made; never throws for one.
    std::int64_t make_samples(Recipe& recipe, std::int64_t step, const base::Cancel& cancel) const;

  private:
    void write_file(const base::Path& file, Recipe& recipe, std::int64_t step, const TrainingLength& length,
                    Hash hash = Hash::Awaited);
    void tell_file(const base::Path& file, std::int64_t step);
    std::string known_sha256();
    std::vector<std::string> what_changed(const State& state, std::int64_t total_steps) const;
    void warn(std::string text) const { events_.take({"warning", {{"text", std::move(text)}}}); }

    const settings::Job& job_;
    const RunDir& run_;
    base::EventSink& events_;
    SavedFiles saved_;
    std::vector<data::DatasetImage> images_;
    std::int64_t held_out_ = 0;  // images
    RunInputs inputs_;
    std::string sha256_before_;          // of the checkpoint, as the state has it
    std::vector<std::string> accepted_;  // what differed at a resume, a sentence each
    std::string started_at_;
    std::unique_ptr<FileHash> checkpoint_hash_;
    bool told_of_hash_ = false;
};

}  // namespace lorikeet::train
