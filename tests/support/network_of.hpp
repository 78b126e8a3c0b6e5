// The adapters of a recipe, for tests that look into them.
#pragma once

#include "train/adapter_trainee.hpp"
#include "train/recipe.hpp"

namespace lorikeet::support {

inline const adapters::Network& network_of(const train::Recipe& recipe) {
    return dynamic_cast<const train::AdapterTrainee&>(*recipe.trainee).network();
}

}  // namespace lorikeet::support
