#include "studio/lora_desk.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "adapters/surgery.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "models/layout.hpp"
#include "models/model.hpp"
#include "models/quantized.hpp"
#include "studio/writable.hpp"
#include "tensor/check.hpp"
#include "tensor/weights.hpp"
#include "train/model_outline.hpp"
#include "train/recipe.hpp"
#include "train/weights_kind.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;
using base::ErrorCode;

namespace {

// The layers of a model that was not loaded, each with its weight in the file: so the rest of the file, and every
// dtype, stays as it is.
class FileTargets {
  public:
    FileTargets(const models::Spec& spec, tensor::NamedTensors& weights)
        : weights_(weights), model_(spec.outline()) {
        for (const auto& part : model_->adapter_parts())
            for (auto& target : train::targets_of(part, adapters::Reach::Everything))
                take(target, part.place(target.path));
    }
    const std::vector<adapters::Target>& list() const { return list_; }

    // Whether the layer's numbers are other ones than in the file. Merging replaces a weight and never writes into it.
    bool changed(std::size_t index) const {
        const auto &before = plain_.at(index), &after = *list_.at(index).weight;
        if (before.is_same(after)) return false;
        const bool one_type = before.scalar_type() == after.scalar_type();
        return !(one_type ? at::equal(before, after)
                          : at::equal(before.to(at::kFloat), after.to(at::kFloat)));
    }

    // Puts back together what lies in one tensor.
    void join_parts() {
        for (auto& [name, parts] : parts_) weights_.at(name) = at::cat(parts);
    }

  private:
    void take(adapters::Target& target, const models::WeightPlace& place) {
        const auto found = weights_.find(place.name);
        if (found == weights_.end()) return;
        target.weight = &found->second;
        if (place.parts > 1) {
            auto& parts = parts_[place.name];
            if (parts.empty()) parts = found->second.chunk(place.parts);
            target.weight = &parts.at(static_cast<std::size_t>(place.part));
        }
        list_.push_back(target);
        plain_.push_back(*target.weight);
    }

    tensor::NamedTensors& weights_;
    std::unique_ptr<models::Model> model_;
    std::map<std::string, std::vector<at::Tensor>> parts_;
    std::vector<adapters::Target> list_;
    std::vector<at::Tensor> plain_;  // side by side with the list
};

std::string names_of(const std::vector<LoraUse>& loras) {
    std::string text;
    for (const auto& use : loras)
        text += fmt::format("{}{}:{}", text.empty() ? "" : ", ", use.file.filename().string(), use.strength);
    return text;
}

// Nobody wants to find out after all the work.
void expect_writable(const base::Path& out, std::uint64_t bytes) {
    std::error_code trouble;
    const auto there = fs::symlink_status(out, trouble);  // a link to nowhere is something, too
    if (fs::exists(there))
        base::fail(ErrorCode::Conflict, fmt::format("{} exists already.", out.string()),
                   "Give another name with --out; nothing is ever written over.");
    if (trouble && there.type() == fs::file_type::none)
        base::fail(ErrorCode::InvalidInput,
                   fmt::format("{} cannot be written: {}.", out.string(), trouble.message()),
                   "Choose another file with --out.");
    const auto folder = out.has_parent_path() ? out.parent_path() : base::Path(".");
    if (!out.has_filename() || !fs::is_directory(folder))
        base::fail(ErrorCode::NotFound,
                   out.has_filename() ? fmt::format("There is no folder {} to write to.", folder.string())
                                      : fmt::format("{} is not the name of a file.", out.string()),
                   "Make the folder first, or choose another file with --out.");
    if (const auto why = trouble_writing_in(folder); !why.empty())
        base::fail(ErrorCode::Io, why, "Choose another folder with --out.");
    if (const auto free = base::free_bytes(folder); free < bytes)
        base::fail(ErrorCode::NoSpace,
                   fmt::format("The merged checkpoint takes {}, and the disk of {} has {} free.",
                               base::human_bytes(bytes), folder.string(), base::human_bytes(free)),
                   "Free some space, or choose another disk with --out.");
}

// What is used of the checkpoint must be finite; what is carried along alone is told.
void expect_finite(const tensor::WeightFile& file, const tensor::NamedTensors& weights, MergeReport& report) {
    const auto names = models::unused_in(file.path());
    const std::set<std::string> unused(names.begin(), names.end());
    std::vector<std::string> told;
    for (const auto& [name, weight] : weights) {
        const auto found = tensor::find_not_finite(weight);
        if (!found) continue;
        const auto words = fmt::format("{} in {}", io::words_for(*found), base::printable_start(name, 120));
        if (!unused.contains(name) && !models::is_ballast(name))
            base::fail(
                ErrorCode::Corrupt, fmt::format("{} holds {}.", file.path().string(), words),
                "The file is damaged, or it was merged or trained with numbers that grew too large. Take "
                "another checkpoint.");
        told.push_back(words);
    }
    if (told.empty()) return;
    report.notes.push_back(
        fmt::format("The checkpoint holds {}{}; no part of the model uses it, and it is kept.", told.front(),
                    told.size() > 1 ? fmt::format(" and {} more", told.size() - 1) : ""));
}

// The numbers that weights in fp8 stand for, as plain float16; bfloat16 where they are too large for that.
void work_in_scales(const tensor::WeightFile& file, tensor::NamedTensors& weights, MergeReport& report) {
    std::int64_t count = 0;
    for (auto& [name, weight] : weights) {
        const auto scale = models::scale_of(file, name);
        if (!scale.defined()) continue;
        const auto whole = models::with_scale(weight, scale, name);
        weight = whole.to(at::kHalf);
        if (tensor::find_not_finite(weight)) weight = whole.to(at::kBFloat16);
        ++count;
    }
    if (count == 0) return;
    std::erase_if(weights, [](const auto& entry) { return models::belongs_to_scales(entry.first); });
    report.notes.push_back(
        fmt::format("The checkpoint keeps {} in fp8 with scales; the merged file has {} as plain float16.",
                    base::counted(count, "weight"), count == 1 ? "it" : "them"));
}

// Of fp8 without scales only what changed is written in 16 bits.
void note_widened(const tensor::WeightFile& file, const tensor::NamedTensors& weights, MergeReport& report) {
    const auto count = std::count_if(file.entries().begin(), file.entries().end(), [&](const auto& entry) {
        const auto after = weights.find(entry.name);
        return after != weights.end() && models::is_fp8(tensor::to_scalar_type(entry.dtype)) &&
               after->second.scalar_type() == at::kHalf;
    });
    if (count > 0 && models::scaled_weights(file.file()) == 0)
        report.notes.push_back(fmt::format(
            "{} in fp8 that changed {} written as float16: fp8 would round most of the LoRA away.",
            base::counted(count, "weight"), count == 1 ? "is" : "are"));
}

// `named` gets the layers of the model that the LoRA has something for.
void merge_one(const LoraUse& use, const std::vector<adapters::Target>& targets, std::set<std::string>& named,
               MergeReport& report) {
    const auto lora = adapters::read_lora(use.file);
    for (const auto& given : adapters::fit(lora, targets).given) named.insert(given.target.name);
    const auto unknown = adapters::merge(lora, targets, use.strength);
    report.unknown += static_cast<std::int64_t>(unknown.size());
    for (auto& note : adapters::notes_on(lora)) report.notes.push_back(std::move(note));
    if (auto words = adapters::words_for_zero(lora); !words.empty()) report.notes.push_back(std::move(words));
    if (unknown.empty()) return;
    report.notes.push_back(adapters::words_for_unknown(lora, unknown));
    for (const auto& name : unknown)
        if (const auto& bad = lora.entries.at(name).not_finite; !bad.empty())
            report.notes.push_back(fmt::format("{} holds {} of {}, which is not used.", lora.source, bad,
                                               base::printable_start(name, 120)));
}

// What came of it all, however many LoRAs had a part in a layer.
void count_layers(const FileTargets& targets, const std::set<std::string>& named, MergeReport& report) {
    for (std::size_t i = 0; i < targets.list().size(); ++i) {
        if (!named.contains(targets.list()[i].name)) continue;
        ++(targets.changed(i) ? report.layers : report.unchanged);
    }
    if (report.unchanged == 0) return;
    const auto which = report.layers == 0
                           ? std::string("No layer changed")
                           : fmt::format("{} of the {} layers that the LoRAs name {} as before",
                                         report.unchanged, report.layers + report.unchanged,
                                         report.unchanged == 1 ? "is" : "are");
    report.notes.push_back(
        fmt::format("{}: what was added is zero, or too small for the checkpoint's numbers.", which));
}

// A LoRA that is given twice would have everything said twice.
void say_once(std::vector<std::string>& notes) {
    std::set<std::string> said;
    std::erase_if(notes, [&](const std::string& note) { return !said.insert(note).second; });
}

}  // namespace

MergeReport merge(const MergeRequest& request) {
    settings::Model model;
    model.checkpoint = request.model;
    expect_writable(request.out, 0);
    const tensor::WeightFile file(train::checkpoint_file(model));
    expect_writable(request.out, file.file().file().bytes().size());
    const auto spec = models::spec_of(file.file());
    for (const auto& use : request.loras) train::expect_lora_for(*spec->family, use.file);
    MergeReport report;
    tensor::NamedTensors weights;
    for (const auto& entry : file.entries()) weights[entry.name] = file.get(entry.name);
    expect_finite(file, weights, report);
    work_in_scales(file, weights, report);
    FileTargets targets(*spec, weights);
    std::set<std::string> named;
    for (const auto& use : request.loras) merge_one(use, targets.list(), named, report);
    for (const auto& own : models::part_files_for(*spec->family, file.path(), {}))
        report.notes.push_back(
            fmt::format("The {} has a file of its own, {}, which stays as it is: a LoRA's layers of it are "
                        "not merged.",
                        own.name(), own.path.filename().string()));
    count_layers(targets, named, report);
    say_once(report.notes);
    targets.join_parts();
    note_widened(file, weights, report);
    auto metadata = file.metadata();
    metadata.erase("modelspec.hash_sha256");  // it was the hash of other weights
    metadata.erase("_quantization_metadata");
    metadata["modelspec.merged_from"] =
        fmt::format("{}, {}", file.path().filename().string(), names_of(request.loras));
    tensor::save_tensors(request.out, weights, metadata);
    report.bytes = fs::file_size(request.out);
    return report;
}

}  // namespace lorikeet::studio
