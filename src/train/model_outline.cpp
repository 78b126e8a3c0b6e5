#include "train/model_outline.hpp"

#include <utility>

namespace lorikeet::train {

std::vector<adapters::Target> targets_of(const models::AdapterPart& part, adapters::Reach reach) {
    const auto half = part.part == models::Part::Text ? adapters::Half::Text : adapters::Half::Unet;
    adapters::FindTargets found(half, part.name, reach);
    part.visit(found);
    for (auto& target : found.targets) target.alias = part.alias ? part.alias(target.path) : std::string();
    return std::move(found.targets);
}

std::vector<adapters::Target> targets_of(models::Model& model, adapters::Reach reach) {
    std::vector<adapters::Target> targets;
    for (const auto& part : model.adapter_parts())
        for (auto& target : targets_of(part, reach)) targets.push_back(std::move(target));
    return targets;
}

ModelOutline::ModelOutline(const models::Spec& spec)
    : model(spec.outline()),
      trained(targets_of(*model, adapters::Reach::Trained)),
      all(targets_of(*model, adapters::Reach::Everything)) {}

std::vector<adapters::Target> wanted_of(const settings::Adapter& adapter,
                                        std::vector<adapters::Target> targets) {
    std::erase_if(targets, [&](const auto& target) {
        return !(target.half == adapters::Half::Unet ? adapter.train_unet : adapter.train_text);
    });
    return targets;
}

}  // namespace lorikeet::train
