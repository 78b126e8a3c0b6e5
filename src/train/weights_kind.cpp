#include "train/weights_kind.hpp"

#include "adapters/lora_file.hpp"
#include "models/family.hpp"

namespace lorikeet::train {

WeightsKind weights_kind(const io::SafetensorsFile& file) {
    const auto kind = models::what_is(file);
    const auto* adapter = models::family_of(kind) ? nullptr : adapters::kind_in(file);
    if (adapter == nullptr || adapter == &adapters::kPlainLora) return {kind, models::name_of(kind)};
    return {models::FileKind::KohyaLora, adapter->words};
}

}  // namespace lorikeet::train
