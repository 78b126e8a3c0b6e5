#include "train/adapter_size.hpp"

#include "adapters/kind.hpp"
#include "settings/chosen.hpp"
#include "train/model_outline.hpp"

namespace lorikeet::train {

AdapterSize adapter_size(const models::Spec& spec, const settings::Adapter& adapter) {
    const ModelOutline model(spec);
    const auto& kind = adapters::kind_of(adapter);
    AdapterSize size;
    for (const auto& target : wanted_of(adapter, model.trained)) {
        ++size.modules;
        size.numbers += kind.numbers(target.shape, settings::chosen(adapter.rank));
    }
    return size;
}

}  // namespace lorikeet::train
