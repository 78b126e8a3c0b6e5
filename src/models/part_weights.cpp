#include "models/part_weights.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "models/layout.hpp"
#include "models/quantized.hpp"
#include "nn/conv.hpp"
#include "nn/frozen.hpp"
#include "nn/linear.hpp"
#include "tensor/check.hpp"

namespace lorikeet::models {

namespace {

// Goes before the visitor that settles the weights: what comes from a file is looked through for NaN and given its scale
// in the pass that reads it anyhow.
class Checked : public nn::Visitor {
  public:
    Checked(const base::Path& file, const WeightOrigins& origins, at::ScalarType dtype, nn::Visitor& next)
        : file_(file), origins_(origins), dtype_(dtype), next_(next) {}

    void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) override {
        check(tensor);
        next_.weight(path, tensor, sizes);
    }
    void layer(const std::string& path, nn::Linear& linear) override {
        check(linear.weight);
        next_.layer(path, linear);
    }
    void layer(const std::string& path, nn::Conv2d& conv) override {
        check(conv.weight);
        next_.layer(path, conv);
    }

  private:
    void check(at::Tensor& tensor) {
        const auto found = tensor.defined() ? origins_.find(tensor.const_data_ptr()) : origins_.end();
        if (found == origins_.end()) return;
        const auto origin = std::move(found->second);
        origins_.erase(found);
        expect_finite(tensor, origin.name);
        if (origin.scale.defined()) {
            expect_finite(origin.scale, "the scale of " + origin.name);
            tensor = with_scale(tensor, origin.scale, origin.name).to(dtype_);
        } else if (is_fp8(tensor.scalar_type())) {
            tensor = tensor.to(dtype_);
        }
    }

    void expect_finite(const at::Tensor& tensor, const std::string& name) const {
        if (const auto found = tensor::find_not_finite(tensor))
            base::fail(base::ErrorCode::Corrupt,
                       fmt::format("{} holds {} in {}.", base::printable(file_.string()),
                                   io::words_for(*found), base::printable(name)),
                       "The file is damaged, or it was merged or trained with numbers that grew too large. "
                       "Take another checkpoint; lorikeet inspect looks through all numbers of a file.");
    }

    const base::Path& file_;
    WeightOrigins origins_;
    at::ScalarType dtype_;
    nn::Visitor& next_;
};

}  // namespace

at::Tensor WeightFinder::take(const std::string& name) {
    used_.insert(name);
    auto weight = file_.find(name);
    if (weight.defined() && weight.numel() > 0)
        origins_.insert_or_assign(weight.const_data_ptr(), WeightOrigin{name, scale_of(file_, name)});
    return weight;
}

at::Tensor WeightFinder::take(const WeightPlace& place) {
    const auto whole = take(place.name);
    if (!whole.defined() || place.parts < 2 || whole.dim() == 0 || whole.size(0) % place.parts != 0)
        return whole;
    const auto index = static_cast<std::size_t>(place.part);
    const auto part = whole.chunk(place.parts)[index];
    auto scale = scale_of(file_, place.name);
    if (scale.defined() && scale.numel() == whole.size(0)) scale = scale.chunk(place.parts)[index];
    origins_.insert_or_assign(part.const_data_ptr(), WeightOrigin{place.name, scale});
    return part;
}

void WeightFinder::fill(const VisitPart& visit, nn::LoadWeights::Find find) {
    nn::LoadWeights weights(std::move(find), std::nullopt);
    visit(weights);
    weights.finish();
}

std::vector<std::string> WeightFinder::unused() const {
    std::vector<std::string> names;
    for (const auto& entry : file_.entries())
        if (!used_.contains(entry.name) && !is_ballast(entry.name) && !belongs_to_scales(entry.name))
            names.push_back(entry.name);
    return names;
}

void settle_weights(const LoadOptions& options, Part part, const WeightFinder& found,
                    const VisitPart& visit) {
    const auto& file = found.file();
    const auto dtype = type_for(options, part);
    const auto forget = [&] { file.file().file().forget_pages(); };
    const auto visit_checked = [&](nn::Visitor& next) {
        if (options.device.is_meta()) return visit(next);  // nothing is read
        Checked checked(file.path(), found.origins(), dtype, next);
        visit(checked);
    };
    // Of a rehearsal only what keeps something for a gradient: frozen layers keep less than ATen's.
    const bool rehearsed = options.device.is_meta() && options.stands_for.is_cpu() && !is_of_vae(part);
    const bool trained = is_trained(options, part);
    if (options.weights == WeightsAre::Frozen && !trained && (options.device.is_cpu() || rehearsed)) {
        if (rehearsed) {
            nn::ChangeWeights forget_numbers(
                [](const std::string&, const at::Tensor& weight) { return weight.to(at::kMeta); });
            visit(forget_numbers);
        }
        // Images are only looked at, once each: memory for a short while, and no gradient.
        const auto asked = part == Part::VaeEncoder ? nn::Asked::ResultsAlone : nn::Asked::Gradients;
        nn::FreezeWeights freeze(dtype, forget, asked);
        visit_checked(freeze);
    } else {
        nn::ChangeWeights change([&](const std::string&, const at::Tensor& weight) {
            auto settled = weight.to(at::TensorOptions().dtype(dtype).device(options.device),
                                     /*non_blocking=*/false, /*copy=*/trained);
            // As a GPU's convolutions take them; otherwise each call would lay them again.
            if (!options.device.is_cpu() && settled.dim() == 4)
                settled = settled.contiguous(at::MemoryFormat::ChannelsLast);
            if (!settled.is_same(weight)) forget();
            return settled;
        });
        visit_checked(change);
    }
    forget();
}

}  // namespace lorikeet::models
