// The layers of a model of which nothing is loaded: what takes an adapter, by name and shape.
#pragma once

#include <memory>
#include <vector>

#include "adapters/targets.hpp"
#include "models/model.hpp"
#include "settings/adapter.hpp"

namespace lorikeet::train {

// Every layer that takes an adapter, with its name in LoRA files; nothing need be loaded.
std::vector<adapters::Target> targets_of(models::Model& model,
                                         adapters::Reach reach = adapters::Reach::Trained);
// Those of one part alone.
std::vector<adapters::Target> targets_of(const models::AdapterPart& part, adapters::Reach reach);

// Targets point into the model.
struct ModelOutline {
    explicit ModelOutline(const models::Spec& spec);

    std::unique_ptr<models::Model> model;
    std::vector<adapters::Target> trained, all;
};

// Those of the halves that are trained.
std::vector<adapters::Target> wanted_of(const settings::Adapter& adapter,
                                        std::vector<adapters::Target> targets);

}  // namespace lorikeet::train
