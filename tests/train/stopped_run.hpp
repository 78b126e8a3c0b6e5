// A run that is stopped at a step and resumed, and what came of it.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "support/run_listener.hpp"
#include "tensor/weights.hpp"
#include "train/loop.hpp"

namespace lorikeet::train {

// The digest of the LoRA of a run that is stopped after that step and goes on; 0: never stopped.
inline std::string bytes_of_run(const settings::Job& job, const std::string& name, std::int64_t stop_at) {
    auto mine = job;
    mine.output.name = "bird";
    mine.output.folder += "/" + name;
    const auto run = RunDir::create(mine.output.folder, "bird", RunDir::Existing::Refuse);
    support::RunListener first([&](const base::Event& event) {
        if (support::is_step(event, stop_at)) first.cancel.request_stop();
    });
    auto outcome = train(mine, run, Start::Fresh, first, first.cancel);
    if (stop_at > 0) {
        EXPECT_EQ(outcome.end, Outcome::End::Stopped);
        EXPECT_EQ(outcome.step, stop_at);
        support::RunListener second;
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
