// [train], [noise] and [loss]: the run itself.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace lorikeet::settings {

enum class Precision { Float32, Bfloat16 };
enum class DeviceChoice { Auto, Cpu, Cuda };

struct Noise {
    double offset = 0;  // a constant for each picture and channel, added to the noise
    std::int64_t min_timestep = 0;
    std::int64_t max_timestep = 1000;  // not included
};

struct Loss {
    std::optional<double> min_snr;  // gamma; unset: every timestep counts the same
};

struct Train {
    std::int64_t epochs = 10;
    std::optional<std::int64_t> steps;  // optimizer steps; set: wins over epochs
    std::int64_t accumulate = 1;        // batches gathered into one optimizer step
    Precision precision = Precision::Bfloat16;
    std::int64_t seed = 42;
    DeviceChoice device = DeviceChoice::Auto;
    std::int64_t threads = 0;  // 0: as many as processors
};

}  // namespace lorikeet::settings
