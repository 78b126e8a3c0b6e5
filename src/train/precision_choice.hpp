// In which numbers a run computes: what train.precision says or, for "auto", what the device is fast in.
//
// auto     a GPU with bfloat16 (compute capability 8.0 and up), a processor with instructions for it: bfloat16;
//          an older GPU: float16, with loss scaling (train/loss_scale);
//          any other processor: float32 arithmetic, over weights that stay in the file's 16 bits (nn/frozen).
// A run keeps the precision that it began with: its job.toml has the word that auto came to.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "base/error.hpp"
#include "base/event.hpp"
#include "base/processor.hpp"
#include "models/spec.hpp"
#include "settings/job.hpp"

namespace lorikeet::train {

// What decides it, of the device that computes.
struct Hardware {
    base::Processor processor = base::Processor::Portable;
    std::optional<int> capability =
        {};                 // of a GPU: 75 is compute capability 7.5, 0 an unknown one; none: the processor
    std::string card = {};  // the GPU's name
};
Hardware hardware_for(settings::DeviceChoice device);

struct PrecisionChoice {
    settings::Precision precision = settings::Precision::Float32;  // never Auto
    at::ScalarType compute = at::kFloat;
    std::string sentence;  // what was chosen and why
};
PrecisionChoice choose_precision(settings::Precision wanted, const Hardware& hardware);

// Settings that this hardware computes slowly, whatever the reason: where, what, and the remedy.
std::vector<base::Problem> slow_settings(const settings::Job& job, const Hardware& hardware);

// For the device that the job names.
at::ScalarType compute_type_of(const settings::Train& train);
// The job with the word that auto comes to here.
settings::Job with_precision(settings::Job job);
// The same, said: what was chosen and why, what is slow, and, of a run that goes on, what would be chosen here.
enum class Begins { Now, Earlier };
settings::Job settle_precision(const settings::Job& job, Begins begins, base::EventSink& events);
// A sentence where auto would come to another precision here than the one that a run goes on in; else empty.
std::string note_on_resuming(settings::Precision begun, const Hardware& hardware);

// Auto of the VAE: float32; of SDXL, whose images are large, what the U-Net computes in, but for float16, in which SDXL's own
// VAE makes NaN.
at::ScalarType vae_type_of(settings::VaePrecision wanted, const models::Spec& spec, at::ScalarType compute);

}  // namespace lorikeet::train
