#include "stage.hpp"

#include <cmath>
#include <filesystem>
#include <numeric>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/workers.hpp"
#include "nn/visitors.hpp"
#include "optim/clip.hpp"
#include "optim/lr_schedule.hpp"

namespace lorikeet::tiny_base {
namespace {

constexpr std::string_view kWeight = "weight/";
constexpr std::string_view kSmooth = "smooth/";
constexpr std::string_view kOptimizer = "optimizer/";

void add_with(tensor::NamedTensors& to, std::string_view prefix, const tensor::NamedTensors& from) {
    for (const auto& [name, tensor] : from) to[std::string(prefix) + name] = tensor.detach();
}

tensor::NamedTensors below(const tensor::WeightFile& file, std::string_view prefix) {
    tensor::NamedTensors found;
    for (const auto& entry : file.entries())
        if (entry.name.starts_with(prefix))
            found[entry.name.substr(prefix.size())] = file.get(entry.name).clone();
    return found;
}

}  // namespace

Stage::Stage(base::Path file, const std::vector<Visit>& replicas, StageOptions options)
    : file_(std::move(file)), options_(options) {
    nn::ChangeWeights own([this](const std::string& path, const at::Tensor& weight) {
        return weights_[path] = weight.detach().to(at::kFloat, false, true).requires_grad_(true);
    });
    replicas.front()(own);
    for (std::size_t i = 1; i < replicas.size(); ++i) {
        auto& mirror = others_.emplace_back();
        nn::ChangeWeights share([&](const std::string& path, const at::Tensor&) {
            return mirror[path] = weights_.at(path).detach().requires_grad_(true);
        });
        replicas[i](share);
    }
    for (const auto& [name, weight] : weights_) smooth_[name] = weight.detach().clone();
    optim::ParamGroup group{"all", {}, {}, options_.lr};
    for (const auto& [name, weight] : weights_) group.names.push_back(name), group.tensors.push_back(weight);
    settings::AdamW settings;
    settings.betas = {0.9, 0.99};
    settings.weight_decay = options_.weight_decay;
    optimizer_ = std::make_unique<optim::AdamW>(std::vector{std::move(group)}, settings);
    if (std::filesystem::exists(file_)) resume();
}

void Stage::resume() {
    const at::NoGradGuard no_grad;
    const tensor::WeightFile file(file_);
    const auto fill = [&](const tensor::NamedTensors& tensors, std::string_view prefix) {
        for (const auto& [name, tensor] : tensors)
            tensor.detach().copy_(file.get(std::string(prefix) + name));
    };
    fill(weights_, kWeight);
    fill(smooth_, kSmooth);
    optimizer_->load_state(below(file, kOptimizer));
    step_ = std::stoll(file.metadata().at("step"));
}

void Stage::gather_gradients() {
    const at::NoGradGuard no_grad;
    for (auto& mirror : others_) {
        for (auto& [name, weight] : mirror) {
            if (!weight.grad().defined()) continue;
            weights_.at(name).mutable_grad().add_(weight.grad());
            weight.mutable_grad() = at::Tensor();
        }
    }
    const double share = 1.0 / static_cast<double>(1 + others_.size());
    for (auto& [name, weight] : weights_)
        if (weight.grad().defined()) weight.mutable_grad().mul_(share);
}

double Stage::advance(const Loss& loss_of) {
    settings::LrSchedule schedule;
    schedule.shape = settings::ScheduleShape::Cosine;
    schedule.warmup = options_.warmup_steps;
    std::vector<double> losses(1 + others_.size());
    base::for_each_index(losses.size(), losses.size(), {}, [&](std::size_t replica) {
        at::set_num_threads(1);  // of this thread
        const auto loss = loss_of(step_, replica);
        loss.backward();
        losses[replica] = loss.item<double>();
    });
    gather_gradients();
    optim::clip_grad_norm(optimizer_->gather(), 1.0);
    optimizer_->step(optim::rate_at(schedule, step_ + 1, options_.steps + 1));
    optimizer_->zero_grad();
    ++step_;
    follow();
    return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
}

// Early on the mean forgets faster, or it would drag the first random weights along.
void Stage::follow() {
    const at::NoGradGuard no_grad;
    const auto step = static_cast<double>(step_);
    const double memory = std::min(options_.memory, (1 + step) / (10 + step));
    std::vector<at::Tensor> means, weights;
    for (const auto& [name, mean] : smooth_)
        means.push_back(mean), weights.push_back(weights_.at(name).detach());
    at::_foreach_lerp_(means, weights, 1 - memory);
}

void Stage::save() const {
    tensor::NamedTensors all;
    add_with(all, kWeight, weights_);
    add_with(all, kSmooth, smooth_);
    add_with(all, kOptimizer, optimizer_->state());
    tensor::save_tensors(file_, all, {{"step", std::to_string(step_)}});
}

void Stage::with_smooth(const std::function<void()>& work) {
    const at::NoGradGuard no_grad;
    tensor::NamedTensors kept;
    for (const auto& [name, weight] : weights_) {
        kept[name] = weight.detach().clone();
        weight.detach().copy_(smooth_.at(name));
    }
    work();
    for (const auto& [name, weight] : weights_) weight.detach().copy_(kept.at(name));
}

tensor::NamedTensors read_stage(const base::Path& file) {
    if (!std::filesystem::exists(file))
        base::fail(base::ErrorCode::NotFound,
                   fmt::format("The stage {} has not been trained.", file.string()),
                   "Run the stages in order: vae, latents, text, unet.");
    return below(tensor::WeightFile(file), kSmooth);
}

void load_stage(const base::Path& file, const Visit& visit) {
    const auto weights = read_stage(file);
    nn::LoadWeights load(
        [&](const std::string& path) {
            const auto found = weights.find(path);
            return found == weights.end() ? at::Tensor() : found->second;
        },
        at::kFloat);
    visit(load);
    load.finish();
}

void init_weights(const Visit& visit, std::uint64_t seed, const std::vector<std::string>& zero_endings) {
    nn::InitWeights random(seed, std::sqrt(3.0));
    visit(random);
    nn::ChangeWeights zero([&](const std::string& path, const at::Tensor& weight) {
        for (const auto& ending : zero_endings)
            if (path.ends_with(ending)) return at::zeros_like(weight);
        return weight;
    });
    visit(zero);
}

}  // namespace lorikeet::tiny_base
