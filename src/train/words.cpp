#include "train/words.hpp"

namespace lorikeet::train {

at::ScalarType scalar_type_of(settings::Precision precision) {
    switch (precision) {
        case settings::Precision::Float32: return at::kFloat;
        case settings::Precision::Bfloat16: return at::kBFloat16;
    }
    return at::kFloat;
}

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

diffusion::Prediction prediction_of(settings::Prediction wanted, const models::Spec& spec) {
    const auto chosen = wanted == settings::Prediction::Auto ? spec.prediction : wanted;
    return chosen == settings::Prediction::Velocity ? diffusion::Prediction::Velocity
                                                    : diffusion::Prediction::Epsilon;
}

}  // namespace lorikeet::train
