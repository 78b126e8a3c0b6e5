#include "studio/lora_desk.hpp"

#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "adapters/surgery.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
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

// The layers of a model that was not loaded, each with its weight in the file: so the rest of the file, and every
// dtype, stays as it is.
class FileTargets {
  public:
    FileTargets(const tensor::WeightFile& file, const models::Spec& spec, tensor::NamedTensors& weights)
        : weights_(weights), unet_(spec.unet), texts_(spec.texts.begin(), spec.texts.end()) {
        const auto layouts = models::text_layouts(file.file());
        for (auto& target : train::targets_of(spec.family, unet_, texts_, adapters::Reach::Everything)) {
            if (target.half == adapters::Half::Unet) {
                take(target, {std::string(models::kUnetPrefix) + target.path + ".weight"});
                continue;
            }
            const std::size_t tower = target.name.starts_with("lora_te2_") ? 1 : 0;
            take(target, models::text_place(layouts.at(tower), target.path + ".weight"));
        }
    }
    const std::vector<adapters::Target>& list() const { return list_; }

    // Puts back together what OpenCLIP keeps in one tensor.
    void join_thirds() {
        for (auto& [name, thirds] : thirds_) weights_.at(name) = at::cat(thirds);
    }

  private:
    void take(adapters::Target& target, const models::TextPlace& place) {
        const auto found = weights_.find(place.name);
        if (found == weights_.end()) return;
        target.weight = &found->second;
        if (place.third >= 0) {
            auto& thirds = thirds_[place.name];
            if (thirds.empty()) thirds = found->second.chunk(3);
            target.weight = &thirds.at(static_cast<std::size_t>(place.third));
        }
        list_.push_back(target);
    }

    tensor::NamedTensors& weights_;
    models::Unet unet_;
    std::vector<models::ClipText> texts_;
    std::map<std::string, std::vector<at::Tensor>> thirds_;
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
    if (base::is_there(request.out))
        base::fail(ErrorCode::Conflict, fmt::format("{} exists already.", request.out.string()),
                   "Give another name with --out; nothing is ever written over.");
    settings::Model model;
    model.checkpoint = request.model;
    const tensor::WeightFile file(train::checkpoint_file(model));
    const auto spec = models::spec_of(file.file());
    for (const auto& use : request.loras) train::expect_lora_for(spec.family, use.file);
    tensor::NamedTensors weights;
    for (const auto& entry : file.entries()) weights[entry.name] = file.get(entry.name);
    FileTargets targets(file, spec, weights);
    MergeReport report;
    for (const auto& use : request.loras) {
        const auto lora = adapters::read_lora(use.file);
        const auto unknown = adapters::merge(lora, targets.list(), use.strength);
        report.unknown += static_cast<std::int64_t>(unknown.size());
        report.modules += static_cast<std::int64_t>(lora.entries.size() - unknown.size());
    }
    targets.join_thirds();
    auto metadata = file.metadata();
    metadata.erase("modelspec.hash_sha256");  // it was the hash of other weights
    metadata["modelspec.merged_from"] =
        fmt::format("{}, {}", file.path().filename().string(), names_of(request.loras));
    tensor::save_tensors(request.out, weights, metadata);
    report.bytes = fs::file_size(request.out);
    return report;
}

}  // namespace lorikeet::studio
