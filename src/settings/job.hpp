// A job: everything a training run is told.
#pragma once

#include <cstdint>
#include <string>

#include "settings/adapter.hpp"
#include "settings/data.hpp"
#include "settings/model.hpp"
#include "settings/optim.hpp"
#include "settings/sample.hpp"
#include "settings/train.hpp"

namespace lorikeet::settings {

enum class SavePrecision { Float32, Float16, Bfloat16 };
constexpr Choice say(SavePrecision choice) {
    switch (choice) {
        case SavePrecision::Float32: return {"float32", "Exact; twice the file size.", "float"};
        case SavePrecision::Float16: return {"float16", "Works in every program.", "fp16"};
        case SavePrecision::Bfloat16: return {"bfloat16", "Wider range, fewer digits.", "bf16"};
    }
    return {};
}

struct Output {
    std::string name = "my-lora";  // of the files and of the run's folder
    std::string folder = "runs";   // runs lie in here
    SavePrecision precision = SavePrecision::Float16;
    std::int64_t every_epochs = 0;  // a finished file so often; 0: at the end alone
    std::int64_t every_steps = 0;
    std::int64_t keep_last = 0;            // older ones of those are removed; 0: all stay
    std::int64_t state_every_steps = 100;  // what resume needs; also at every stop
    std::string comment;                   // ss_training_comment
};

struct Job {
    Model model;
    Data data;
    Adapter adapter;
    Optim optim;
    Noise noise;
    Loss loss;
    Train train;
    Sample sample;
    Output output;
};

void describe(Section<Output>& section);
void describe(Section<Job>& section);

}  // namespace lorikeet::settings
