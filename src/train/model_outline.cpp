#include "train/model_outline.hpp"

#include "train/recipe.hpp"

namespace lorikeet::train {

ModelOutline::ModelOutline(const models::Spec& spec)
    : unet(spec.unet), texts(spec.texts.begin(), spec.texts.end()) {
    trained = targets_of(spec.family, unet, texts, adapters::Reach::Trained);
    all = targets_of(spec.family, unet, texts, adapters::Reach::Everything);
}

std::vector<adapters::Target> wanted_of(const settings::Adapter& adapter,
                                        std::vector<adapters::Target> targets) {
    std::erase_if(targets, [&](const auto& target) {
        return !(target.half == adapters::Half::Unet ? adapter.train_unet : adapter.train_text);
    });
    return targets;
}

}  // namespace lorikeet::train
