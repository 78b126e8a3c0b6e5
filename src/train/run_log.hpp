// Events on the disk: events.jsonl for programs, log.txt for people, tensorboard/ for TensorBoard.
//
// Source   docs/formats/run-directory.md
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/event.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::train {

// Writes events as they come: events.jsonl, log.txt for people, tensorboard/. Appends, so a resumed run goes on.
// A disk that is full ends no run: what it does not take waits in memory, up to some megabytes, and follows as soon as it can.
class RunLog : public base::EventSink {
  public:
    explicit RunLog(const RunDir& run);
    ~RunLog() override;
    void take(const base::Event& event) override;
    // Why something could not be written, once each time that it begins; else empty.
    std::string take_trouble();

  private:
    struct Files;
    std::unique_ptr<Files> files_;
};

// One event as a line of JSON with the time first, and back. Throws Error{Corrupt} for a line that is none.
std::string to_json_line(const base::Event& event, double unix_seconds);
base::Event parse_json_line(std::string_view line);
// The same for people; empty for events that are only for programs.
std::string to_log_line(const base::Event& event);

}  // namespace lorikeet::train
