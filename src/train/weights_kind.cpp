#include "train/weights_kind.hpp"

#include <fmt/format.h>

#include "adapters/lora_file.hpp"
#include "base/error.hpp"
#include "models/family.hpp"

namespace lorikeet::train {

WeightsKind weights_kind(const io::SafetensorsFile& file) {
    const auto seen = models::identify(file);
    const auto* adapter = seen.family != nullptr ? nullptr : adapters::kind_in(file);
    if (adapter == nullptr || adapter == &adapters::kPlainLora) return {seen.kind, seen.family, seen.name()};
    return {models::FileKind::KohyaLora, nullptr, adapter->words};
}

namespace {

// LoRA and its kin, those that cannot be read among them: reading says why.
bool is_adapter(models::FileKind kind) {
    return kind >= models::FileKind::KohyaLora && kind <= models::FileKind::OtherAdapter;
}

}  // namespace

void expect_lora_for(const models::Family& family, const base::Path& lora) {
    const io::SafetensorsFile file(lora);
    const auto seen = weights_kind(file);
    if (!is_adapter(seen.kind) && seen.kind != models::FileKind::Unknown)
        base::fail(base::ErrorCode::Unsupported,
                   fmt::format("{} is {}, not a LoRA.", lora.filename().string(), seen.words),
                   "Choose the file of a LoRA; a checkpoint is named as the model.");
    const auto found = models::family_of_lora(file);
    if (found.empty() || found == family.name) return;
    base::fail(base::ErrorCode::Conflict,
               fmt::format("{} is a LoRA for {}, and the checkpoint is of {}.", lora.filename().string(),
                           found, family.name),
               "Choose a LoRA and a checkpoint of the same family.");
}

}  // namespace lorikeet::train
