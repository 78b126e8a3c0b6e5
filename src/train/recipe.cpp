#include "train/recipe.hpp"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "adapters/lora_file.hpp"
#include "base/error.hpp"
#include "base/home.hpp"
#include "models/key_map.hpp"
#include "optim/adamw.hpp"
#include "optim/adamw8bit.hpp"
#include "tensor/device.hpp"
#include "train/words.hpp"

namespace lorikeet::train {

using base::ErrorCode;

base::Path checkpoint_file(const settings::Model& model) {
    if (model.checkpoint != "tiny") {
        if (std::filesystem::exists(model.checkpoint)) return model.checkpoint;
        base::fail(ErrorCode::NotFound, fmt::format("There is no checkpoint {}.", model.checkpoint),
                   "Set model.checkpoint to a .safetensors file, or to \"tiny\" for the small model that "
                   "comes along.");
    }
    if (auto file = base::try_find_asset("tiny/tiny.safetensors")) return *file;
    base::fail(
        ErrorCode::NotFound, "The tiny base model that should come along is missing.",
        "Set LORIKEET_HOME to the folder that holds assets/tiny, or model.checkpoint to a file of your own.");
}

Recipe load_recipe(const settings::Job& job, std::optional<at::Device> device) {
    Recipe recipe;
    recipe.device = device ? *device : tensor::pick_device(name_of(job.train.device));
    recipe.compute = scalar_type_of(job.train.precision);
    recipe.schedule = diffusion::make_schedule(recipe.device);
    models::LoadOptions options;
    options.device = recipe.device;
    options.unet = options.text = recipe.compute;
    if (!job.model.vae.empty()) options.vae_file = job.model.vae;
    recipe.model = models::load_bundle(checkpoint_file(job.model), options);
    recipe.prediction = prediction_of(job.model.prediction, recipe.model->spec);
    return recipe;
}

std::vector<adapters::Target> targets_of(models::Bundle& model, adapters::Reach reach) {
    using adapters::FindTargets, adapters::Half;
    FindTargets text(
        Half::Text, [](const std::string& path) { return models::kohya_text_name(path); }, reach);
    model.text.visit(text);
    FindTargets unet(
        Half::Unet, [&](const std::string& path) { return models::kohya_unet_name(model.unet.spec, path); },
        reach);
    model.unet.visit(unet);
    auto targets = std::move(text.targets);
    targets.insert(targets.end(), unet.targets.begin(), unet.targets.end());
    return targets;
}

namespace {

optim::ParamGroup group_of(const adapters::Network& network, adapters::Half half, std::string name,
                           double lr) {
    optim::ParamGroup group;
    group.name = std::move(name);
    group.lr = lr;
    auto parameters = network.parameters(half);
    group.names = std::move(parameters.names);
    group.tensors = std::move(parameters.tensors);
    return group;
}

std::unique_ptr<optim::Optimizer> make_optimizer(const settings::Optim& optim,
                                                 std::vector<optim::ParamGroup> groups) {
    switch (optim.rule) {
        case settings::OptimRule::AdamW:
            return std::make_unique<optim::AdamW>(std::move(groups), optim.adamw);
        case settings::OptimRule::AdamW8bit:
            return std::make_unique<optim::AdamW8bit>(std::move(groups), optim.adamw);
    }
    base::fail(ErrorCode::Internal, "An optimizer without a maker.");
}

// A file whose layers this model lacks in part is refused: training would silently forget them.
std::unique_ptr<adapters::Network> network_from_file(const base::Path& file,
                                                     const std::vector<adapters::Target>& targets,
                                                     const adapters::NetworkOptions& options,
                                                     std::uint64_t seed) {
    std::vector<std::string> unknown;
    auto network = adapters::network_from(adapters::read_lora(file), targets, options, seed, unknown);
    if (!unknown.empty())
        base::fail(ErrorCode::InvalidInput,
                   fmt::format("{} holds {} layers that this model does not have, such as {}.", file.string(),
                               unknown.size(), unknown.front()),
                   "Start from a LoRA that was trained on a model of the same family (adapter.start_from).");
    return network;
}

}  // namespace

void fit_adapter(Recipe& recipe, const settings::Job& job) {
    const auto& wish = job.adapter;
    const adapters::NetworkOptions options{wish.rank,       wish.alpha,    wish.dropout,  wish.train_unet,
                                           wish.train_text, recipe.device, recipe.compute};
    const auto seed = static_cast<std::uint64_t>(job.train.seed);
    recipe.network = wish.start_from.empty()
                         ? std::make_unique<adapters::Network>(targets_of(*recipe.model), options, seed)
                         : network_from_file(wish.start_from, targets_of(*recipe.model), options, seed);
    std::vector<optim::ParamGroup> groups;  // the text encoder first, as the reference orders them
    if (wish.train_text)
        groups.push_back(group_of(*recipe.network, adapters::Half::Text, "text",
                                  job.optim.text_lr.value_or(job.optim.lr)));
    if (wish.train_unet)
        groups.push_back(group_of(*recipe.network, adapters::Half::Unet, "unet", job.optim.lr));
    recipe.optimizer = make_optimizer(job.optim, std::move(groups));
}

data::Encoder encoder_of(models::Bundle& model) {
    const auto encode = [&model](const at::Tensor& pixels) {
        const at::NoGradGuard no_gradient;
        const auto moments = model.vae.encode(pixels.to(model.vae.quant_conv.weight.device()));
        return data::Moments{moments.mean, moments.deviation()};
    };
    return {encode, models::identity_of(model.vae) + " float32"};
}

}  // namespace lorikeet::train
