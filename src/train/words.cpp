#include "train/words.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "diffusion/processes.hpp"
#include "models/family.hpp"

namespace lorikeet::train {

at::ScalarType scalar_type_of(settings::SavePrecision precision) {
    switch (precision) {
        case settings::SavePrecision::Float32: return at::kFloat;
        case settings::SavePrecision::Float16: return at::kHalf;
        case settings::SavePrecision::Bfloat16: return at::kBFloat16;
    }
    return at::kFloat;
}

std::string_view name_of(settings::DeviceChoice device) {
    switch (device) {
        case settings::DeviceChoice::Auto: return "auto";
        case settings::DeviceChoice::Cpu: return "cpu";
        case settings::DeviceChoice::Cuda: return "cuda";
    }
    return "auto";
}

settings::Prediction prediction_of(settings::Prediction wanted, const models::Spec& spec) {
    return wanted == settings::Prediction::Auto ? spec.prediction : wanted;
}

diffusion::Terminal terminal_of(settings::ZeroSnr wanted, settings::Prediction prediction,
                                const models::Spec& spec) {
    using diffusion::Terminal, settings::Prediction, settings::ZeroSnr;
    const bool velocity = prediction == Prediction::Velocity;
    if (wanted == ZeroSnr::On && !velocity)
        base::fail(base::ErrorCode::Conflict,
                   "Zero terminal SNR is for models that predict velocity, and this one predicts the noise.",
                   "Set model.zero_snr = \"auto\", or model.prediction = \"velocity\" if it was trained so.");
    const bool zero = wanted == ZeroSnr::On || (wanted == ZeroSnr::Auto && spec.zero_snr && velocity);
    return zero ? Terminal::Nothing : Terminal::Trace;
}

std::unique_ptr<const diffusion::Process> process_of(settings::Prediction prediction,
                                                     settings::ZeroSnr zero_snr, const models::Spec& spec,
                                                     at::Device device) {
    const auto chosen = prediction_of(prediction, spec);
    return diffusion::make_process(spec.family->process,
                                   {chosen, terminal_of(zero_snr, chosen, spec), device});
}

std::vector<std::string> notes_on(const settings::Model& model, const models::Spec& spec) {
    std::vector<std::string> notes;
    const bool velocity = model.prediction == settings::Prediction::Auto &&
                          spec.prediction == settings::Prediction::Velocity;
    const bool zero = model.zero_snr == settings::ZeroSnr::Auto && spec.zero_snr &&
                      prediction_of(model.prediction, spec) == settings::Prediction::Velocity;
    if (velocity && zero)
        notes.emplace_back("This checkpoint uses v-prediction with zero terminal SNR, so training does too.");
    else if (velocity)
        notes.emplace_back("This checkpoint uses v-prediction, so training does too.");
    else if (zero)
        notes.emplace_back("This checkpoint uses zero terminal SNR, so training does too.");
    if (const auto& family = *spec.family; !family.reads_clip_skip && model.clip_skip != 1)
        notes.push_back(
            fmt::format("{} always uses the same layer of its text encoders; model.clip_skip has no effect.",
                        family.short_name));
    return notes;
}

}  // namespace lorikeet::train
