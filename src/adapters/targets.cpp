#include "adapters/targets.hpp"

#include <utility>

namespace lorikeet::adapters {

FindTargets::FindTargets(Half half, Naming naming, Reach reach)
    : half_(half), naming_(std::move(naming)), reach_(reach) {}

void FindTargets::layer(const std::string& path, nn::Linear& linear) {
    if (!wanted(1)) return;
    targets.push_back({.path = path,
                       .name = naming_(path),
                       .half = half_,
                       .part = part(),
                       .is_conv = false,
                       .shape = {linear.in, linear.out, 1, 1, 0},
                       .slot = &linear.slot,
                       .weight = &linear.weight});
}

void FindTargets::layer(const std::string& path, nn::Conv2d& conv) {
    if (!wanted(conv.shape.kernel)) return;
    targets.push_back({.path = path,
                       .name = naming_(path),
                       .half = half_,
                       .part = part(),
                       .is_conv = true,
                       .shape = conv.shape,
                       .slot = &conv.slot,
                       .weight = &conv.weight});
}

bool FindTargets::wanted(std::int64_t kernel) const {
    if (reach_ == Reach::Everything) return true;
    switch (part()) {
        case nn::BlockKind::Transformer:
        case nn::BlockKind::TextAttention:
        case nn::BlockKind::TextMlp: return kernel == 1;
        default: return false;
    }
}

}  // namespace lorikeet::adapters
