// The layers of a model of which nothing is loaded: what takes an adapter, by name and shape.
#pragma once

#include <vector>

#include "adapters/targets.hpp"
#include "models/spec.hpp"
#include "models/unet.hpp"
#include "settings/adapter.hpp"

namespace lorikeet::train {

// Targets point into the parts, so an outline stays where it was made.
struct ModelOutline {
    explicit ModelOutline(const models::Spec& spec);
    ModelOutline(const ModelOutline&) = delete;
    ModelOutline& operator=(const ModelOutline&) = delete;

    models::Unet unet;
    std::vector<models::ClipText> texts;
    std::vector<adapters::Target> trained, all;
};

// Those of the halves that are trained.
std::vector<adapters::Target> wanted_of(const settings::Adapter& adapter,
                                        std::vector<adapters::Target> targets);

}  // namespace lorikeet::train
