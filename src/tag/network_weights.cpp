#include "tag/network_weights.hpp"

#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "nn/conv.hpp"
#include "nn/frozen.hpp"
#include "nn/linear.hpp"
#include "nn/visitors.hpp"
#include "tensor/check.hpp"

namespace lorikeet::tag {

namespace {

class Finder {
  public:
    Finder(const tensor::WeightFile& file, const WeightsWanted& wanted) : file_(file), wanted_(wanted) {}

    at::Tensor find(const std::string& name) {
        const auto other = wanted_.stored_as.find(name);
        const auto& stored = other == wanted_.stored_as.end() ? name : other->second;
        used_.insert(stored);
        const auto found = file_.find(stored);
        if (!found.defined()) return found;
        if (const auto wrong = tensor::find_not_finite(found))
            base::fail(base::ErrorCode::Corrupt,
                       fmt::format("{} holds {} in {}.", base::printable(file_.path().string()),
                                   io::words_for(*wrong), base::printable(name)),
                       "The file is damaged. Download it again.");
        return found;
    }

    void expect_all_used() const {
        std::vector<std::string> left;
        for (const auto& entry : file_.entries())
            if (!used_.contains(entry.name) && !wanted_.passed_over.contains(entry.name))
                left.push_back(entry.name);
        if (left.empty()) return;
        base::fail(base::ErrorCode::Unsupported,
                   fmt::format("{} has {} that this network has no place for, such as {}.",
                               base::printable(file_.path().string()), base::counted(left.size(), "weight"),
                               base::printable(left.front())),
                   "It is a variant that this program cannot compute. " + wanted_.remedy);
    }

  private:
    const tensor::WeightFile& file_;
    const WeightsWanted& wanted_;
    std::set<std::string> used_;
};

// Layers in what is computed in, and the rest in float32.
class SettleLayers : public nn::FreezeWeights {
  public:
    SettleLayers(at::ScalarType type, std::function<void()> after_each)
        : nn::FreezeWeights(type, after_each, nn::Asked::ResultsAlone), type_(type) {}

    void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef) override {
        if (is_laid_out_ && path == layer_ + ".weight") return;
        tensor = tensor.to(path.starts_with(layer_ + ".") ? type_ : at::kFloat);
    }
    void layer(const std::string& path, nn::Linear& linear) override { settle(path, linear); }
    void layer(const std::string& path, nn::Conv2d& conv) override { settle(path, conv); }

  private:
    template <class Layer>
    void settle(const std::string& path, Layer& layer) {
        nn::FreezeWeights::layer(path, layer);
        layer_ = path;
        is_laid_out_ = layer.frozen != nullptr;
    }

    at::ScalarType type_;
    std::string layer_ = "none yet";  // the one whose weights come next
    bool is_laid_out_ = false;
};

}  // namespace

void load_weights(const WeightsWanted& wanted, const tensor::WeightFile& file, const ComputeIn& compute) {
    Finder finder(file, wanted);
    nn::LoadWeights load([&](const std::string& name) { return finder.find(name); }, std::nullopt,
                         compute.device);
    wanted.visit(load);
    load.finish();
    finder.expect_all_used();
    if (wanted.prepare) wanted.prepare();
    const auto forget = [&] { file.file().file().forget_pages(); };
    SettleLayers settle(compute.type, forget);
    wanted.visit(settle);
    forget();
}

void load_weights(TaggerNetwork& network, const tensor::WeightFile& file, const ComputeIn& compute) {
    load_weights({[&](nn::Visitor& visitor) { network.visit(visitor); },
                  [&] { network.prepare(); },
                  {},
                  "Take one of the WD v3 taggers."},
                 file, compute);
}

}  // namespace lorikeet::tag
