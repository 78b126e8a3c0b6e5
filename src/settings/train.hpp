// [train], [noise] and [loss]: the run itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "settings/describe.hpp"

namespace lorikeet::settings {

enum class Precision { Auto, Float32, Bfloat16, Float16 };
constexpr Choice say(Precision choice) {
    switch (choice) {
        case Precision::Auto:
            return {"auto",
                    "bfloat16 where the device is fast in it; float16 on older GPUs; float32 on older "
                    "processors."};
        case Precision::Float32: return {"float32", "Exact; a step keeps twice the memory.", "no"};
        case Precision::Bfloat16:
            return {"bfloat16", "Half the memory, and faster on a device that has it.", "bf16"};
        case Precision::Float16:
            return {"float16", "For GPUs without bfloat16; the loss is scaled so that nothing gets lost.",
                    "fp16"};
    }
    return {};
}
enum class DeviceChoice { Auto, Cpu, Cuda };
constexpr Choice say(DeviceChoice choice) {
    switch (choice) {
        case DeviceChoice::Auto: return {"auto", "The GPU if there is one, else the processor."};
        case DeviceChoice::Cpu: return {"cpu", "The processor."};
        case DeviceChoice::Cuda: return {"cuda", "The NVIDIA GPU; an error if there is none."};
    }
    return {};
}
enum class RecordSteps { Auto, On, Off };
constexpr Choice say(RecordSteps choice) {
    switch (choice) {
        case RecordSteps::Auto: return {"auto", "On a GPU, where possible."};
        case RecordSteps::On: return {"on", "An error where it is not possible."};
        case RecordSteps::Off: return {"off", "Never."};
    }
    return {};
}

enum class Recompute { Off, On, Auto };
constexpr Choice say(Recompute choice) {
    switch (choice) {
        case Recompute::Off: return {"off", "Keep all activations."};
        case Recompute::On: return {"on", "Always: least memory; steps take about a third longer."};
        case Recompute::Auto: return {"auto", "Only if memory would run out without it."};
    }
    return {};
}

struct Noise {
    double offset = 0;  // a constant for each image and channel, added to the noise
    std::int64_t min_timestep = 0;
    std::int64_t max_timestep = 1000;  // not included
};

struct Loss {
    std::optional<double> min_snr;  // gamma; unset: every timestep counts the same
    bool divide_by_mask = false;    // a masked image's loss is the mean over its mask, not over the image
};

struct Train {
    // Both unset: steps are chosen for the images and the model.
    std::optional<std::int64_t> epochs;
    std::optional<std::int64_t> steps;  // optimizer steps; set: wins over epochs
    std::int64_t accumulate = 1;        // batches gathered into one optimizer step
    Precision precision = Precision::Auto;
    std::int64_t seed = 42;
    DeviceChoice device = DeviceChoice::Auto;
    bool tf32 = false;                             // float32 products of a GPU, rounded to 10 bits
    RecordSteps record_steps = RecordSteps::Auto;  // a GPU's work of a step, handed over as one piece
    std::int64_t threads = 0;                      // 0: as many as processors
    Recompute recompute = Recompute::Auto;
};

void describe(Section<Noise>& section);
void describe(Section<Loss>& section);
void describe(Section<Train>& section);

}  // namespace lorikeet::settings
