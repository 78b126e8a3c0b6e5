#include "models/text_states.hpp"

#include <algorithm>

#include "base/error.hpp"

namespace lorikeet::models {
namespace {

// Zeros behind the tokens, up to `length`: [B, T, ...] to [B, length, ...].
at::Tensor filled_up(const at::Tensor& tokens, std::int64_t length) {
    auto sizes = tokens.sizes().vec();
    sizes[1] = length - sizes[1];
    return sizes[1] == 0 ? tokens : at::cat({tokens, at::zeros(sizes, tokens.options())}, 1);
}

at::Tensor mask_of(const TextStates& states) {
    if (states.mask.defined()) return states.mask;
    return at::ones({states.batch(), states.context.size(1)}, states.context.options().dtype(at::kBool));
}

}  // namespace

std::vector<at::Tensor*> TextStates::tensors() {
    std::vector<at::Tensor*> all;
    for (auto* one : {&context, &pooled, &mask})
        if (one->defined()) all.push_back(one);
    return all;
}

std::size_t TextStates::bytes() const {
    auto copy = *this;  // of handles
    std::size_t bytes = 0;
    for (const auto* one : copy.tensors()) bytes += one->nbytes();
    return bytes;
}

TextStates join(std::span<const TextStates> states) {
    base::expects(!states.empty(), "there is something to join");
    const auto length = [](const TextStates& one) { return one.context.size(1); };
    std::int64_t longest = 0;
    bool masked = false;
    for (const auto& one : states) {
        masked = masked || one.mask.defined() || length(one) != length(states.front());
        longest = std::max(longest, length(one));
    }
    std::vector<at::Tensor> contexts, pooled, masks;
    for (const auto& one : states) {
        contexts.push_back(filled_up(one.context, longest));            // [B, T, D]
        if (one.pooled.defined()) pooled.push_back(one.pooled);         // [B, P]
        if (masked) masks.push_back(filled_up(mask_of(one), longest));  // [B, T]
    }
    return {at::cat(contexts), pooled.empty() ? at::Tensor() : at::cat(pooled),
            masked ? at::cat(masks) : at::Tensor()};
}

}  // namespace lorikeet::models
