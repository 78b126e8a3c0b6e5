#include "train/weights_kind.hpp"

#include "adapters/lora_file.hpp"
#include "models/family.hpp"

namespace lorikeet::train {

WeightsKind weights_kind(const io::SafetensorsFile& file) {
    const auto seen = models::identify(file);
    const auto* adapter = seen.family != nullptr ? nullptr : adapters::kind_in(file);
    if (adapter == nullptr || adapter == &adapters::kPlainLora) return {seen.kind, seen.family, seen.name()};
    return {models::FileKind::KohyaLora, nullptr, adapter->words};
}

}  // namespace lorikeet::train
