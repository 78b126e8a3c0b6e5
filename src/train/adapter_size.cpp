#include "train/adapter_size.hpp"

#include "train/model_outline.hpp"

namespace lorikeet::train {

AdapterSize adapter_size(const models::Spec& spec, const settings::Adapter& adapter) {
    const ModelOutline model(spec);
    AdapterSize size;
    for (const auto& target : wanted_of(adapter, model.trained)) {
        ++size.modules;
        size.weights_per_rank += numbers_of(target, 1);
    }
    return size;
}

}  // namespace lorikeet::train
