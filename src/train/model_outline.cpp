#include "train/model_outline.hpp"

#include "train/recipe.hpp"

namespace lorikeet::train {

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
