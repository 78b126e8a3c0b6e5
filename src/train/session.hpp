// One process's work on a run: where its events go, and what it is asked for meanwhile.
//
// Requests in the run's control file are heard by a thread of its own, whatever the run is doing: loading, caching, making a
// sample. Each is answered in an event `request` (docs/formats/run-directory.md). What a session before this one left
// there is dropped.
// Throws   Error{Io} when the run's event files cannot be opened.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::train {

enum class SessionStart { Fresh, Resume };

class Session : public base::EventSink {
  public:
    // Borrows all. The run's lock is held by whoever makes it. A resume begins at the `step` of the saved state.
    Session(const RunDir& run, SessionStart begins, base::EventSink& listener, const base::Cancel& cancel,
            std::int64_t step = 0);
    ~Session() override;
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    // To the run directory, then to the listener, one event at a time from any thread.
    void take(const base::Event& event) override;
    void phase(std::string name);
    void note(std::string text);
    void warn(std::string text);
    void progress(std::size_t done, std::size_t total, std::string what);
    // The event `end`, with the last step that was told; before it, an answer to all that was asked for. Nothing is told
    // behind it. `file` is that of a finished run, `result` what it is: "LoRA".
    void end_finished(const std::string& file, const std::string& result);
    // `unsaved`: what could not be saved; empty when all is.
    void end_stopped(const std::string& text, const std::string& hint = {}, const std::string& unsaved = {});
    void end_failed(const base::Error& error);

    // Steps begin: what is asked for from now on is done behind one of them.
    void begin_steps();
    // Stops whoever loops, for the `cancel` that was given and for a request alike.
    const base::Cancel& cancel() const;
    bool stop_requested() const;

    // Saves and samples that were asked for since the last call, each kind once.
    std::vector<Request> take_requests();
    void done(Request request, std::string text);
    void dropped(Request request, std::string text);

    std::int64_t step() const;  // the last one that was told

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace lorikeet::train
