// A run that is stopped at a step and resumed, and what came of it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "base/event.hpp"
#include "tensor/weights.hpp"
#include "train/loop.hpp"

namespace lorikeet::train {

// Listens, and stops the run when `when` says so.
class StoppingListener : public base::EventSink {
  public:
    explicit StoppingListener(std::function<bool(const base::Event&)> when = {}) : when_(std::move(when)) {}
    void take(const base::Event& event) override {
        events.push_back(event);
        if (when_ && when_(event)) cancel.request_stop();
    }
    std::vector<base::Event> of(std::string_view kind) const {
        std::vector<base::Event> found;
        for (const auto& event : events)
            if (event.kind == kind) found.push_back(event);
        return found;
    }
    std::vector<base::Event> events;
    base::Cancel cancel;

  private:
    std::function<bool(const base::Event&)> when_;
};

// The digest of the LoRA of a run that is stopped after that step and goes on; 0: never stopped.
inline std::string bytes_of_run(const settings::Job& job, const std::string& name, std::int64_t stop_at) {
    auto mine = job;
    mine.output.name = "bird";
    mine.output.folder += "/" + name;
    const auto run = RunDir::create(mine.output.folder, "bird", RunDir::Existing::Refuse);
    StoppingListener first([&](const base::Event& e) {
        return e.kind == "metrics" && e.number("step") == static_cast<double>(stop_at);
    });
    auto outcome = train(mine, run, Start::Fresh, first, first.cancel);
    if (stop_at > 0) {
        EXPECT_EQ(outcome.end, Outcome::End::Stopped);
        EXPECT_EQ(outcome.step, stop_at);
        StoppingListener second;
        outcome = train(mine, run, Start::Resume, second, second.cancel);
    }
    EXPECT_EQ(outcome.end, Outcome::End::Finished);
    return tensor::payload_sha256([&] {
        tensor::NamedTensors tensors;
        const tensor::WeightFile file(outcome.lora);
        for (const auto& entry : file.entries()) tensors[entry.name] = file.get(entry.name);
        return tensors;
    }());
}

}  // namespace lorikeet::train
