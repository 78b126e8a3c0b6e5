// Words of the settings as what the floors below understand.
#pragma once

#include <ATen/ATen.h>

#include "diffusion/schedule.hpp"
#include "models/spec.hpp"
#include "settings/job.hpp"

namespace lorikeet::train {

at::ScalarType scalar_type_of(settings::Precision precision);
at::ScalarType scalar_type_of(settings::SavePrecision precision);
std::string_view name_of(settings::DeviceChoice device);  // "auto", "cpu", "cuda"
// What the settings say, or, for Auto, what the model's file says.
diffusion::Prediction prediction_of(settings::Prediction wanted, const models::Spec& spec);

}  // namespace lorikeet::train
