// Names to objects: the only factory. From a job come the model, the adapters in its layers, and the optimizer.
//
// Throws   what loading and tensor::pick_device throw; Error{NotFound} for a checkpoint that is not there; Error{Conflict} when a file to start
//          from does not fit the model.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "adapters/network.hpp"
#include "data/loader.hpp"
#include "diffusion/schedule.hpp"
#include "models/bundle.hpp"
#include "optim/optimizer.hpp"
#include "settings/job.hpp"

namespace lorikeet::train {

// What a training step works with. The network empties the model's slots when it goes, so it is declared behind it.
struct Recipe {
    std::unique_ptr<models::Bundle> model;
    diffusion::Schedule schedule;
    diffusion::Prediction prediction = diffusion::Prediction::Epsilon;
    at::Device device = at::kCPU;
    at::ScalarType compute = at::kFloat;
    std::unique_ptr<adapters::Network> network;
    std::unique_ptr<optim::Optimizer> optimizer;
};

// The file of settings::Model::checkpoint: "tiny" is the small model that comes along.
base::Path checkpoint_file(const settings::Model& model);

// Model and schedule; no adapter yet. On the device that the job says, unless one is given: on the meta device nothing is
// read but the file's header.
Recipe load_recipe(const settings::Job& job, std::optional<at::Device> device = {});
// Adds the network (fresh, or from adapter.start_from) and the optimizer over its weights.
void fit_adapter(Recipe& recipe, const settings::Job& job);

// Every layer of the model that takes an adapter, with the names that kohya's files use.
std::vector<adapters::Target> targets_of(models::Bundle& model,
                                         adapters::Reach reach = adapters::Reach::Trained);

// The model's VAE for the loader, which knows it only so. Borrows the model.
data::Encoder encoder_of(models::Bundle& model);

}  // namespace lorikeet::train
