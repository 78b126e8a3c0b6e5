// Saving when it may fail: a disk that is full ends no training, and no finished file is lost to it.
//
// What cannot be saved on the way is said and tried again, at growing intervals; what was saved before stays. What must be
// saved at the end goes to another folder when its own does not take it (train/other_place.hpp).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "train/run_saver.hpp"
#include "train/session.hpp"

namespace lorikeet::train {

// A run between two steps.
struct SaveNow {
    std::int64_t step = 0;
    Recipe& recipe;
    const TrainingLength& length;
    std::function<State()> state;
};

class CheckpointWriter {
  public:
    // Borrows all.
    CheckpointWriter(RunSaver& saver, Session& session, const RunDir& run)
        : saver_(saver), session_(session), run_(run), result_(saver.result()) {}

    // Both never throw. Empty, or why it was not saved.
    std::string save_state(const SaveNow& now);
    std::string save_file(const SaveNow& now);
    // Whether it is time to try again what could not be saved; and that.
    bool is_due() const;
    void retry(const SaveNow& now);

    // The finished file. `trouble` is set when it lies elsewhere, and is what the run ends with then. Where no folder takes
    // it, it is tried again for half an hour, or until a stop is asked for.
    // Throws what the last try threw.
    struct Final {
        base::Path file;
        std::optional<base::Error> trouble;
    };
    Final save_final(const SaveNow& now);
    // The state of a run that stops, and its file of that step. Throws Error, telling where it lies instead, when its own folder does not
    // take the state.
    void save_stopped(const SaveNow& now);

    // What the last save_stopped() could not save beside the state: "its LoRA"; empty when nothing.
    const std::string& unsaved() const { return unsaved_; }

    std::int64_t saved_step() const { return saved_step_; }  // of the last state
    void state_is(std::int64_t step) { saved_step_ = step; }

  private:
    // One kind of file, and how it stands with it.
    struct Attempts {
        std::string what;
        bool failed = false;
        double wait_s = 1;
        base::Stopwatch since{};
        bool is_due() const { return failed && since.seconds() >= wait_s; }
    };
    std::string attempt(Attempts& attempts, const SaveNow& now, const std::function<void()>& save);
    void save_file_of_stop(const SaveNow& now);
    Final save_elsewhere(const SaveNow& now, const base::Error& trouble);

    RunSaver& saver_;
    Session& session_;
    const RunDir& run_;
    std::string result_;  // what comes out of a run: "LoRA"
    Attempts state_{"state"}, file_{result_};
    std::int64_t saved_step_ = 0, file_step_ = 0;
    std::string unsaved_;
};

}  // namespace lorikeet::train
