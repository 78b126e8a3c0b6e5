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

at::Tensor Captions::ids_of(std::span<const std::string> captions) const {
    models::expect_clip_sizes(model_.text.spec);
    return models::tokenize_captions(model_.tokenizer, captions, max_tokens_);
}

at::Tensor Captions::encode(const at::Tensor& ids) const {
    return models::encode_ids(model_.text, ids, clip_skip_);
}

at::Tensor Captions::states(std::span<const std::string> captions) {
    if (!frozen_) return encode(ids_of(captions));
    const at::NoGradGuard no_gradient;
    // Tag shuffling makes captions without end; what is kept stays small beside the model.
    constexpr std::size_t kMost = 4096;
    if (known_.size() > kMost) known_.clear();
    std::vector<at::Tensor> states;
    for (const auto& caption : captions) {
        auto& state = known_[caption];
        if (!state.defined()) state = encode(ids_of({&caption, 1}));
        states.push_back(state);
    }
    return at::cat(states);
}

}  // namespace lorikeet::train
