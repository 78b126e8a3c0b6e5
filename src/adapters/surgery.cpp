#include "adapters/surgery.hpp"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "tensor/check.hpp"

namespace lorikeet::adapters {

std::vector<std::string> merge(const LoraFile& file, const std::vector<Target>& targets, double strength) {
    const at::NoGradGuard no_grad;
    auto fitting = fit(file, targets);
    if (fitting.unknown.size() > fitting.given.size())
        base::fail(base::ErrorCode::InvalidInput, words_for_unknown(file, fitting.unknown),
                   "It was made for another model, or by a program that names layers in its own way: choose "
                   "the model that it was trained on.");
    const ModuleControl control;
    for (const auto& given : fitting.given) {
        auto& weight = *given.target.weight;
        base::expects(weight.defined(), "merging follows loading");
        const auto module = given.kind->from(given.target, given.tensors, control, 0);
        const auto plain = weight.to(at::kFloat);
        const auto delta = module->delta(plain, strength).to(weight.device());
        const auto type = weight.scalar_type();
        const bool is_fp8 = type == at::kFloat8_e4m3fn || type == at::kFloat8_e5m2;
        weight = (plain + delta).to(is_fp8 ? at::kHalf : type);
        if (const auto found = tensor::find_not_finite(weight))
            base::fail(
                base::ErrorCode::NotFinite,
                fmt::format("With {} at strength {:g}, the layer {} holds {}.", file.source, strength,
                            given.target.path, io::words_for(*found)),
                "The sum is too large for the numbers of the checkpoint: use the LoRA at a lower strength.");
    }
    return fitting.unknown;
}

}  // namespace lorikeet::adapters
