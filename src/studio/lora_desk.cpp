#include "studio/lora_desk.hpp"

#include <fmt/format.h>

#include "adapters/surgery.hpp"
#include "base/error.hpp"
#include "models/clip_text.hpp"
#include "models/key_map.hpp"
#include "models/layout.hpp"
#include "models/spec.hpp"
#include "models/unet.hpp"
#include "tensor/weights.hpp"
#include "train/recipe.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;
using base::ErrorCode;

namespace {

constexpr std::string_view kTextModel = "text_model.";

// The layers of a model that was not loaded, each with its weight in the file: so the rest of the file, and every
// dtype, stays as it is.
class FileTargets {
  public:
    FileTargets(const tensor::WeightFile& file, tensor::NamedTensors& weights)
        : spec_(models::spec_of(file.file())), unet_(spec_.unet), text_(spec_.text) {
        using adapters::FindTargets, adapters::Half, adapters::Reach;
        FindTargets unet(
            Half::Unet, [this](const std::string& path) { return models::kohya_unet_name(spec_.unet, path); },
            Reach::Everything);
        unet_.visit(unet);
        FindTargets text(
            Half::Text, [](const std::string& path) { return models::kohya_text_name(path); },
            Reach::Everything);
        text_.visit(text);
        const std::string text_prefix = models::text_prefix(file.file());
        for (auto& target : unet.targets)
            take(target, std::string(models::kUnetPrefix) + target.path, weights);
        for (auto& target : text.targets) {
            const auto below = target.path.starts_with(kTextModel) ? target.path.substr(kTextModel.size())
                                                                   : target.path;
            take(target, text_prefix + below, weights);
        }
    }
    const std::vector<adapters::Target>& list() const { return list_; }

  private:
    void take(adapters::Target& target, const std::string& layer, tensor::NamedTensors& weights) {
        const auto found = weights.find(layer + ".weight");
        if (found == weights.end()) return;
        target.weight = &found->second;
        list_.push_back(target);
    }

    models::Spec spec_;
    models::Unet unet_;
    models::ClipText text_;
    std::vector<adapters::Target> list_;
};

std::string names_of(const std::vector<LoraUse>& loras) {
    std::string text;
    for (const auto& use : loras)
        text += fmt::format("{}{}:{}", text.empty() ? "" : ", ", use.file.filename().string(), use.strength);
    return text;
}

}  // namespace

MergeReport merge(const MergeRequest& request) {
    if (fs::exists(request.out))
        base::fail(ErrorCode::Conflict, fmt::format("{} exists already.", request.out.string()),
                   "Give another name with --out; nothing is ever written over.");
    settings::Model model;
    model.checkpoint = request.model;
    const tensor::WeightFile file(train::checkpoint_file(model));
    tensor::NamedTensors weights;
    for (const auto& entry : file.entries()) weights[entry.name] = file.get(entry.name);
    const FileTargets targets(file, weights);
    MergeReport report;
    for (const auto& use : request.loras) {
        const auto lora = adapters::read_lora(use.file);
        const auto unknown = adapters::merge(lora, targets.list(), use.strength);
        report.unknown += static_cast<std::int64_t>(unknown.size());
        report.modules += static_cast<std::int64_t>(lora.entries.size() - unknown.size());
    }
    auto metadata = file.metadata();
    metadata.erase("modelspec.hash_sha256");  // it was the hash of other weights
    metadata["modelspec.merged_from"] =
        fmt::format("{}, {}", file.path().filename().string(), names_of(request.loras));
    tensor::save_tensors(request.out, weights, metadata);
    report.bytes = fs::file_size(request.out);
    return report;
}

}  // namespace lorikeet::studio
