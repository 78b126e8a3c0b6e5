#include "tag/tagger.hpp"

#include <algorithm>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "tag/model_config.hpp"
#include "tag/model_folder.hpp"
#include "tag/network.hpp"
#include "tag/network_weights.hpp"
#include "tag/parts_that_fit.hpp"
#include "tag/square.hpp"
#include "tensor/precision.hpp"

namespace lorikeet::tag {

namespace {

constexpr std::int64_t kImagesAtOnceOnGpu = 16;

std::string config_text(const base::Path& folder) {
    const auto config = folder / "config.json";
    return base::is_file(config) ? base::read_text(config) : std::string();
}

class NativeTagger : public Tagger {
  public:
    NativeTagger(const base::Path& folder, at::Device device, at::ScalarType type)
        : device_(device), type_(type) {
        const auto weights =
            file_in(folder, "tagger", "model.safetensors",
                    "Download it from the page of a WD v3 tagger; other formats are not read.");
        const auto list = file_in(folder, "tagger", "selected_tags.csv",
                                  "Download it from where model.safetensors came from.");
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
        facts_.device = device_name(device);
        facts_.numbers = tensor::name_of(type);
        facts_.at_once = device.is_cuda() ? kImagesAtOnceOnGpu : 1;
        facts_.fingerprint =
            fingerprint_of(file, {base::read_text(list), config_text(folder), facts_.numbers});
        if (!config)
            facts_.notes.emplace_back(
                "There is no config.json beside the weights, so the settings of the WD v3 taggers are "
                "taken.");
    }

    const TaggerFacts& facts() const override { return facts_; }
    const TagList& tags() const override { return tags_; }

    std::vector<Scores> scores(std::span<const io::Image> squares) override {
        std::vector<Scores> all;
        parts_.run(squares.size(), [&](std::size_t first, std::size_t count) {
            const auto numbers = scores_of(squares.subspan(first, count));  // [B, tags]
            for (std::int64_t i = 0; i < numbers.size(0); ++i) {
                const auto* row = numbers.const_data_ptr<float>() + i * numbers.size(1);
                all.emplace_back(row, row + numbers.size(1));
            }
        });
        return all;
    }

  private:
    at::Device device_;
    at::ScalarType type_;
    TagList tags_;
    Scaling scaling_;
    std::unique_ptr<TaggerNetwork> network_;
    TaggerFacts facts_;
    PartsThatFit parts_;

    at::Tensor scores_of(std::span<const io::Image> squares) const {
        const at::NoGradGuard no_gradient;
        const auto pixels = pixels_of(squares, scaling_).to(device_);
        at::Tensor logits;
        {
            const tensor::Autocast autocast(device_.type(), type_);
            logits = (*network_)(pixels);
        }
        return at::sigmoid(logits).to(at::kCPU).contiguous();
    }
};

}  // namespace

std::unique_ptr<Tagger> open_tagger(const base::Path& folder, settings::DeviceChoice device,
                                    settings::TagPrecision precision) {
    expect_folder(folder, "tagger");
    const auto compute = compute_for(device, precision);
    return std::make_unique<NativeTagger>(folder, compute.device, compute.type);
}

}  // namespace lorikeet::tag
