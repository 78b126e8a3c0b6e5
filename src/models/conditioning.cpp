#include "models/conditioning.hpp"

#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::models {

void expect_clip_sizes(const ClipTextSpec& spec) {
    if (spec.words > Tokenizer::kEnd && spec.positions >= Tokenizer::kChunk) return;
    base::fail(base::ErrorCode::Unsupported,
               fmt::format("The text encoder knows {} words at {} places; CLIP's tokenizer writes {} at {}.",
                           spec.words, spec.positions, Tokenizer::kEnd + 1, Tokenizer::kChunk),
               "Choose a checkpoint whose text encoder is CLIP's, as in Stable Diffusion 1.x.");
}

at::Tensor tokenize_captions(const Tokenizer& tokenizer, std::span<const std::string> captions,
                             std::int64_t max_tokens) {
    base::expects(!captions.empty(), "there is at least one caption");
    std::vector<at::Tensor> ids;
    for (const auto& caption : captions) ids.push_back(tokenizer.chunks(caption, max_tokens));
    return at::stack(ids);
}

at::Tensor encode_ids(const ClipText& text, const at::Tensor& ids, std::int64_t clip_skip) {
    base::expects(ids.dim() == 3 && ids.size(2) > 2, "ids are [B, chunks, tokens]");
    const auto batch = ids.size(0);
    const auto tokens = ids.size(2);
    const auto device = text.token_embedding.device();
    const auto states =
        text(ids.flatten(0, 1).to(device), clip_skip).unflatten(0, {batch, -1});  // [B, n, T, D]
    const auto begin = states.select(1, 0).narrow(1, 0, 1);                       // [B, 1, D]
    const auto words = states.narrow(2, 1, tokens - 2).flatten(1, 2);             // [B, n (T - 2), D]
    const auto end = states.select(1, -1).narrow(1, tokens - 1, 1);               // [B, 1, D]
    return at::cat({begin, words, end}, 1);
}

at::Tensor encode_captions(const ClipText& text, const Tokenizer& tokenizer,
                           std::span<const std::string> captions, std::int64_t clip_skip,
                           std::int64_t max_tokens) {
    expect_clip_sizes(text.spec);
    return encode_ids(text, tokenize_captions(tokenizer, captions, max_tokens), clip_skip);
}

}  // namespace lorikeet::models
