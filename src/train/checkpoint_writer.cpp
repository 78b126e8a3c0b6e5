#include "train/checkpoint_writer.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <thread>

#include <fmt/format.h>

#include "train/failure.hpp"
#include "train/other_place.hpp"

namespace lorikeet::train {

std::string CheckpointWriter::attempt(Attempts& attempts, const SaveNow& now,
                                      const std::function<void()>& save) {
    try {
        save();
        if (attempts.failed)
            session_.note(fmt::format("The {} could be saved now, after step {}.", attempts.what, now.step));
        attempts.failed = false;
        attempts.wait_s = 1;
        return {};
    } catch (...) {
        const auto error = failure_of(std::current_exception(), fmt::format("The {}", attempts.what));
        if (!attempts.failed)
            session_.warn(
                fmt::format("The {} of step {} could not be saved: {} What was saved before is as it was. "
                            "Training goes on, and saving is tried again.",
                            attempts.what, now.step, error.what()));
        constexpr double kLongest = 60;
        attempts.wait_s = attempts.failed ? std::min(2 * attempts.wait_s, kLongest) : 1;
        attempts.failed = true;
        attempts.since.restart();
        return error.what();
    }
}

std::string CheckpointWriter::save_state(const SaveNow& now) {
    return attempt(state_, now, [&] {
        saver_.save_state(now.state());
        saved_step_ = now.step;
    });
}

std::string CheckpointWriter::save_file(const SaveNow& now) {
    return attempt(file_, now, [&] {
        saver_.save_file(now.recipe, now.step, now.length);
        file_step_ = now.step;
    });
}

bool CheckpointWriter::is_due() const { return state_.is_due() || file_.is_due(); }

void CheckpointWriter::retry(const SaveNow& now) {
    if (state_.is_due()) save_state(now);
    if (file_.is_due()) save_file(now);
}

CheckpointWriter::Final CheckpointWriter::save_final(const SaveNow& now) {
    try {
        return {saver_.save_final(now.recipe, now.step, now.length), {}};
    } catch (...) {
        return save_elsewhere(now, failure_of(std::current_exception(), "The " + result_));
    }
}

CheckpointWriter::Final CheckpointWriter::save_elsewhere(const SaveNow& now, const base::Error& trouble) {
    constexpr double kLongest = 1800;
    const base::Stopwatch watch;
    for (bool told = false;; told = true) {
        if (const auto place = saver_.save_final_elsewhere(now.recipe, now.step, now.length)) {
            const auto text =
                fmt::format("The finished {} could not be written where it belongs: {} It is {}.", result_,
                            trouble.what(), place->string());
            session_.warn(text);
            return {*place,
                    base::Error(trouble.code(), text,
                                fmt::format("Make room, then move it to {}; or let the run write it again: "
                                            "lorikeet resume {}.",
                                            run_.checkpoints().string(), run_.path().string()))};
        }
        if (!told)
            session_.warn(
                fmt::format("No folder takes the finished {0}: {1} It is tried again for half an hour. Make "
                            "room on the disk; stopping the run gives the {0} up.",
                            result_, trouble.what()));
        for (int part = 0; part < 10 && !session_.stop_requested(); ++part)
            std::this_thread::sleep_for(std::chrono::milliseconds(200));
        try {
            return {saver_.save_final(now.recipe, now.step, now.length), {}};
        } catch (const std::exception&) {
            if (session_.stop_requested() || watch.seconds() > kLongest) throw trouble;
        }
    }
}

// So that what came out so far can be tried.
void CheckpointWriter::save_file_of_stop(const SaveNow& now) {
    if (now.step <= file_step_) return;
    try {
        saver_.save_file(now.recipe, now.step, now.length, RunSaver::Hash::IfKnown);
    } catch (...) {
        session_.warn(
            fmt::format("The {} of step {} could not be saved: {} The state is saved, so the run can be "
                        "resumed.",
                        result_, now.step, failure_of(std::current_exception(), "The " + result_).what()));
        unsaved_ = "its " + result_;
    }
}

void CheckpointWriter::save_stopped(const SaveNow& now) {
    std::string why;
    try {
        saver_.save_state(now.state());
        saved_step_ = now.step;
        return save_file_of_stop(now);
    } catch (...) {
        why = failure_of(std::current_exception(), "The state").what();
    }
    const auto name = run_.name() + "-state.safetensors";
    const auto place = write_elsewhere(other_places(run_.path()), name, [&](const base::Path& file) {
        saver_.save_state_to(file, now.state());
    });
    if (place)
        base::fail(base::ErrorCode::NoSpace,
                   fmt::format("The state of step {} could not be saved where it belongs: {} It is {}.",
                               now.step, why, place->string()),
                   fmt::format("Make room, move it to {}, and resume the run.", run_.state_file().string()));
    base::fail(base::ErrorCode::NoSpace,
               fmt::format("The state of step {} could not be saved: {}", now.step, why),
               fmt::format("Make room on the disk. The run can be resumed from step {}.", saved_step_));
}

}  // namespace lorikeet::train
