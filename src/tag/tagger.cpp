#include "tag/tagger.hpp"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/processor.hpp"
#include "base/text.hpp"
#include "tag/model_config.hpp"
#include "tag/network.hpp"
#include "tag/network_weights.hpp"
#include "tag/square.hpp"
#include "tensor/cuda.hpp"
#include "tensor/device.hpp"
#include "tensor/precision.hpp"

namespace lorikeet::tag {

namespace {

constexpr std::int64_t kImagesAtOnceOnGpu = 16;
constexpr int kWithBfloat16 = 80;  // compute capability: Ampere

at::ScalarType type_for(settings::TagPrecision precision, at::Device device) {
    using settings::TagPrecision;
    if (precision == TagPrecision::Float32) return at::kFloat;
    if (precision == TagPrecision::Bfloat16) return at::kBFloat16;
    const bool fast = device.is_cuda() ? tensor::cuda_facts().capability >= kWithBfloat16
                                       : base::processor() >= base::Processor::Avx512Bf16;
    return fast ? at::kBFloat16 : at::kFloat;
}

base::Path file_in(const base::Path& folder, const char* name, const char* hint) {
    const auto file = folder / name;
    if (!base::is_file(file))
        base::fail(
            base::ErrorCode::NotFound,
            fmt::format("The folder of the tagger, {}, has no {}.", base::printable(folder.string()), name),
            hint);
    return file;
}

// Of names, shapes, tags and some of the numbers: all of them would take seconds.
std::string fingerprint_of(const tensor::WeightFile& file, const base::Path& list, std::string_view numbers) {
    constexpr std::size_t kPieces = 16, kPiece = 65536;
    base::Sha256 sum;
    for (const auto& entry : file.entries())
        sum.add(fmt::format("{} {} {}\n", entry.name, io::name_of(entry.dtype), fmt::join(entry.shape, ",")));
    const auto payload = file.file().payload();
    for (std::size_t i = 0; i < kPieces; ++i) {
        const auto at = payload.size() / kPieces * i;
        sum.add(payload.subspan(at, std::min(kPiece, payload.size() - at)));
    }
    sum.add(payload.last(std::min(kPiece, payload.size())));
    sum.add(base::read_text(list));
    if (const auto config = list.parent_path() / "config.json"; base::is_file(config))
        sum.add(base::read_text(config));
    sum.add(numbers);
    return sum.hex();
}

class NativeTagger : public Tagger {
  public:
    NativeTagger(const base::Path& folder, at::Device device, at::ScalarType type)
        : device_(device), type_(type) {
        const auto weights =
            file_in(folder, "model.safetensors",
                    "Download it from the page of a WD v3 tagger; other formats are not read.");
        const auto list =
            file_in(folder, "selected_tags.csv", "Download it from where model.safetensors came from.");
        tags_ = read_tag_list(list);
        const auto config = read_model_config(folder);
        if (config) scaling_ = {config->mean, config->deviation};
        const tensor::WeightFile file(weights);
        network_ = make_network(WeightShapes(file.entries()), config);
        const auto outputs = network_->facts().outputs;
        if (outputs != static_cast<std::int64_t>(tags_.size()))
            base::fail(base::ErrorCode::Corrupt,
                       fmt::format("selected_tags.csv has {}, and the network answers with {}.",
                                   base::counted(tags_.size(), "tag"), outputs),
                       "The two are of different taggers. Download both from one place.");
        load_weights(*network_, file, {type, device});
        facts_.network = network_->facts().name;
        facts_.image_px = network_->facts().image_px;
        facts_.device = device.is_cuda() ? tensor::look_for_cuda().card : "the processor";
        facts_.numbers = tensor::name_of(type);
        facts_.at_once = device.is_cuda() ? kImagesAtOnceOnGpu : 1;
        facts_.fingerprint = fingerprint_of(file, list, facts_.numbers);
        if (!config)
            facts_.notes.emplace_back(
                "There is no config.json beside the weights, so the settings of the WD v3 taggers are "
                "taken.");
    }

    const TaggerFacts& facts() const override { return facts_; }
    const TagList& tags() const override { return tags_; }

    std::vector<Scores> scores(std::span<const io::Image> squares) override {
        const at::NoGradGuard no_gradient;
        const auto pixels = pixels_of(squares, scaling_).to(device_);
        at::Tensor logits;
        {
            const tensor::Autocast autocast(device_.type(), type_);
            logits = (*network_)(pixels);
        }
        const auto numbers = at::sigmoid(logits).to(at::kCPU).contiguous();  // [B, tags]
        std::vector<Scores> all;
        for (std::int64_t i = 0; i < numbers.size(0); ++i) {
            const auto* row = numbers.const_data_ptr<float>() + i * numbers.size(1);
            all.emplace_back(row, row + numbers.size(1));
        }
        return all;
    }

  private:
    at::Device device_;
    at::ScalarType type_;
    TagList tags_;
    Scaling scaling_;
    std::unique_ptr<Network> network_;
    TaggerFacts facts_;
};

}  // namespace

std::unique_ptr<Tagger> open_tagger(const base::Path& folder, settings::DeviceChoice device,
                                    settings::TagPrecision precision) {
    if (!base::is_folder(folder))
        base::fail(base::ErrorCode::NotFound,
                   fmt::format("There is no folder of a tagger at {}.", base::printable(folder.string())),
                   base::hint_for_missing(folder.string()));
    const auto picked = tensor::pick_device(say(device).word);
    return std::make_unique<NativeTagger>(folder, picked, type_for(precision, picked));
}

}  // namespace lorikeet::tag
