// Words of the settings as what the floors below understand.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

#include "diffusion/process.hpp"
#include "models/spec.hpp"
#include "settings/job.hpp"

namespace lorikeet::train {

at::ScalarType scalar_type_of(settings::SavePrecision precision);
std::string_view name_of(settings::DeviceChoice device);  // "auto", "cpu", "cuda"
// What the settings say, or, for Auto, what the model's file says.
settings::Prediction prediction_of(settings::Prediction wanted, const models::Spec& spec);
// The same. Throws Error{Conflict} for zero terminal SNR with anything but velocity, which would learn nothing there.
diffusion::Terminal terminal_of(settings::ZeroSnr wanted, settings::Prediction prediction,
                                const models::Spec& spec);
// How the model learns and generates, by both.
std::unique_ptr<const diffusion::Process> process_of(settings::Prediction prediction,
                                                     settings::ZeroSnr zero_snr, const models::Spec& spec,
                                                     at::Device device = at::kCPU);
// What is set up without being asked, a sentence each: as the file's marks say that the model was trained, where the
// settings do not say it themselves; and what the settings say in vain.
std::vector<std::string> notes_on(const settings::Model& model, const models::Spec& spec);

}  // namespace lorikeet::train
