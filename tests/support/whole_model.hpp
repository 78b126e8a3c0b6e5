// The denoising network's own weights as what a run trains: a trainee that only tests have, and all that it takes to have one.
// While a WholeModelRow lives, jobs train it, whatever they say of adapters; what comes out is a checkpoint.
#pragma once

#include <memory>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "nn/visitors.hpp"
#include "optim/optimizer.hpp"
#include "settings/chosen.hpp"
#include "train/provenance.hpp"
#include "train/trainees.hpp"

namespace lorikeet::support {

class WholeModel : public train::Trainee {
  public:
    WholeModel(models::Model& model, double lr) : checkpoint_(model.source().checkpoint().path), lr_(lr) {
        nn::ChangeWeights learn([this](const std::string& path, const at::Tensor& weight) {
            return weights_[path] = weight.requires_grad_();
        });
        model.visit(models::Part::Unet, learn);
    }

    std::vector<optim::ParamGroup> groups() const override {
        optim::ParamGroup group{"unet", {}, {}, lr_};
        for (const auto& [path, weight] : weights_) {
            group.names.push_back(path);
            group.tensors.push_back(weight);
        }
        return {group};
    }
    void begin_step(const train::StepPart&) override {}
    void weights_moved() override {}
    tensor::NamedTensors state() const override {
        tensor::NamedTensors state;
        for (const auto& [path, weight] : weights_) state[path] = weight.detach();
        return state;
    }
    void load_state(const tensor::NamedTensors& state) override {
        const at::NoGradGuard no_gradient;
        for (auto& [path, weight] : weights_)
            weight.copy_(optim::fitting_state(state, path, weight.detach()));
    }

    // The base model's file with these weights in their places.
    void save(const base::Path& file, at::ScalarType type, const io::Metadata& metadata) const override {
        const tensor::WeightFile base(checkpoint_);
        tensor::NamedTensors all;
        for (const auto& entry : base.entries()) all[entry.name] = base.get(entry.name);
        for (const auto& [path, weight] : weights_)
            all.at(base.has(path) ? path : "model.diffusion_model." + path) = weight.detach().to(type);
        auto told = metadata;
        told["sshs_model_hash"] = tensor::payload_sha256(all);
        tensor::save_tensors(file, all, told);
    }
    io::Metadata metadata(const train::Provenance& made) const override {
        return {{"modelspec.architecture", std::string(made.recipe.model->spec().family->architecture)},
                {"toys.trained", fmt::format("{} tensors in {} steps", weights_.size(), made.step)}};
    }

  protected:
    void begin_evaluation() override {}
    void end_evaluation() override {}

  private:
    base::Path checkpoint_;
    double lr_;
    tensor::NamedTensors weights_;
};

inline const train::TraineeRow kWholeModel{
    .name = "whole model",
    .result = "checkpoint",
    .parts = [](const settings::Job&) { return std::vector{models::Part::Unet}; },
    .moves_model = true,
    .news = [](const settings::Job&, const models::Spec&) { return std::vector<std::string>(); },
    .make = [](models::Model& model, const settings::Job& job, at::Device,
               at::ScalarType) -> std::unique_ptr<train::Trainee> {
        return std::make_unique<WholeModel>(model, settings::chosen(job.optim.lr));
    }};

struct WholeModelRow {
    base::ScopedRow<train::TraineeRow> scoped{train::trainee_table(), kWholeModel};
};

}  // namespace lorikeet::support
