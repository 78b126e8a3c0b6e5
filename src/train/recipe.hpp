// Names to objects: the only factory. From a job come the model, what is trained, and the optimizer.
//
// Throws   what loading and tensor::pick_device throw; Error{NotFound} for a checkpoint that is not there; Error{Conflict} when a file to start
//          from does not fit the model, before anything is loaded where its names tell; Error{Conflict} for
//          model.zero_snr without velocity.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/loader.hpp"
#include "diffusion/process.hpp"
#include "models/family.hpp"
#include "models/model.hpp"
#include "optim/optimizer.hpp"
#include "settings/job.hpp"
#include "train/captions.hpp"
#include "train/loss_scale.hpp"
#include "train/trainee.hpp"

namespace lorikeet::train {

// What a training step works with. What is trained borrows the model, so it is declared behind it.
struct Recipe {
    std::unique_ptr<models::Model> model;
    std::unique_ptr<const diffusion::Process> process;
    at::Device device = at::kCPU;
    at::ScalarType compute = at::kFloat;
    std::unique_ptr<Captions> captions;
    std::vector<std::string> news;  // what was set up without being asked, a sentence each
    std::unique_ptr<Trainee> trainee;
    std::unique_ptr<optim::Optimizer> optimizer;
    std::unique_ptr<LossScale> loss_scale;  // in float16 alone
};

// The file of settings::Model::checkpoint: "tiny" is the small model that is included.
base::Path checkpoint_file(const settings::Model& model);
// The files that a job names for parts of its model.
models::PartFiles part_files_of(const settings::Model& model);

// Model and schedule; nothing that is trained yet. Of the model's frozen weights none is read before it is needed. On the device that the
// job says, unless one is given: on the meta device nothing is read but the file's header.
Recipe load_recipe(const settings::Job& job, std::optional<at::Device> device = {});
// Adds what is trained, and the optimizer over its weights.
void fit_trainee(Recipe& recipe, const settings::Job& job);

// What the optimizer keeps for each weight, at the most: bytes.
double optimizer_bytes(settings::OptimRule rule);
// A learning rate above it is a mistake rather than a choice.
double highest_usual_rate(settings::OptimRule rule);

// The model's VAE for the loader, which knows it only so; loaded again where it was let go. What bfloat16 makes NaN of is
// done again in float32, from then on, and `tell` hears of it once. Borrows the model.
data::Encoder encoder_of(models::Model& model, std::function<void(std::string)> tell = {});
// What it says of a VAE of these weights (Model::vae_identity) that computes in this type.
std::string identity_of_vae(const std::string& weights, at::ScalarType type);

}  // namespace lorikeet::train
