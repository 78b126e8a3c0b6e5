#include "train/captions.hpp"

#include <vector>

#include <ATen/core/grad_mode.h>

#include "models/conditioning.hpp"

namespace lorikeet::train {

Captions::Captions(const models::Bundle& model, const settings::Job& job)
    : model_(model),
      clip_skip_(job.model.clip_skip),
      max_tokens_(job.model.max_tokens),
      frozen_(!job.adapter.train_text) {}

at::Tensor Captions::encode(std::span<const std::string> captions) const {
    return models::encode_captions(model_.text, model_.tokenizer, captions, clip_skip_, max_tokens_);
}

at::Tensor Captions::states(std::span<const std::string> captions) {
    if (!frozen_) return encode(captions);
    const at::NoGradGuard no_gradient;
    // Tag shuffling makes captions without end; what is kept stays small beside the model.
    constexpr std::size_t kMost = 4096;
    if (known_.size() > kMost) known_.clear();
    std::vector<at::Tensor> states;
    for (const auto& caption : captions) {
        auto& state = known_[caption];
        if (!state.defined()) state = encode({&caption, 1});
        states.push_back(state);
    }
    return at::cat(states);
}

}  // namespace lorikeet::train
