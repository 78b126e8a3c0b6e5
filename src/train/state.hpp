// All that is needed to go on as if never stopped, in one file that is written whole or not at all.
//
// Shapes   tensors "adapter.<kohya name>.<lora_down|lora_up>.weight" and "optimizer.<...>", float32; "adapter.<...>.alpha"
//          float64; other kinds of adapters by their own names. Nothing in it is rounded.
// Source   docs/formats/run-directory.md. Randomness needs no state: it is a function of seed and step (tensor/rng).
// Throws   Error{NotFound}, Error{Corrupt}.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "tensor/weights.hpp"
#include "train/loss_scale.hpp"
#include "train/out_of_memory_retry.hpp"

namespace lorikeet::train {

struct State {
    std::int64_t step = 0;  // optimizer steps done
    double loss_sum = 0;    // Smoothed
    double loss_weight = 0;
    std::int64_t validated = 0;  // the last step whose validation loss was computed
    StepPlan plan;               // what the memory sufficed for
    LossScale::Kept loss_scale;
    std::string job;  // the settings it was made with, as TOML
    std::string
        inputs;  // what it was made from (run_inputs.hpp); empty in states of the first version, which have
    std::string images;                   // a SHA-256 over names, sizes and captions
    std::vector<std::string> accepted{};  // what differed at a resume and was gone on with
    tensor::NamedTensors trainee;
    tensor::NamedTensors optimizer;
};

void save_state(const base::Path& file, const State& state);
State load_state(const base::Path& file);
// Its step alone, without reading what it holds; 0 where that cannot be told. Never throws an Error.
std::int64_t step_of_state(const base::Path& file);

}  // namespace lorikeet::train
