#include "models/conditioning.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "nn/time_embed.hpp"

namespace lorikeet::models {

namespace {

// A tower of another vocabulary would be asked for words that it does not have.
void expect_clip_sizes(const ClipTextSpec& spec) {
    if (spec.words > Tokenizer::kEnd && spec.positions >= Tokenizer::kChunk) return;
    base::fail(base::ErrorCode::Unsupported,
               fmt::format("The text encoder knows {} words at {} places; CLIP's tokenizer writes {} at {}.",
                           spec.words, spec.positions, Tokenizer::kEnd + 1, Tokenizer::kChunk),
               "Choose a checkpoint whose text encoder is CLIP's, as in Stable Diffusion 1.x and XL.");
}

// States of every chunk, [B, n, T, D], as one row: the first begin, all words, the last end.
at::Tensor join_chunks(const at::Tensor& states) {
    const auto tokens = states.size(2);
    const auto begin = states.select(1, 0).narrow(1, 0, 1);            // [B, 1, D]
    const auto words = states.narrow(2, 1, tokens - 2).flatten(1, 2);  // [B, n (T - 2), D]
    const auto end = states.select(1, -1).narrow(1, tokens - 1, 1);    // [B, 1, D]
    return at::cat({begin, words, end}, 1);
}

}  // namespace

at::Tensor tokenize_captions(const Tokenizer& tokenizer, std::span<const std::string> captions,
                             const TextOptions& options, std::int64_t pad_id) {
    base::expects(!captions.empty(), "there is at least one caption");
    std::vector<at::Tensor> ids;
    for (const auto& caption : captions) ids.push_back(tokenizer.chunks(caption, options, pad_id));
    return at::stack(ids);
}

at::Tensor encode_ids(const ClipText& text, const at::Tensor& ids, std::int64_t clip_skip) {
    base::expects(ids.dim() == 3 && ids.size(2) >= 2, "ids are [B, chunks, tokens]");
    const auto flat = ids.flatten(0, 1).to(text.token_embedding.device());  // [B n, T]
    return join_chunks(text(flat, clip_skip).unflatten(0, {ids.size(0), -1}));
}

at::Tensor encode_captions(const ClipText& text, const Tokenizer& tokenizer,
                           std::span<const std::string> captions, std::int64_t clip_skip,
                           const TextOptions& options) {
    expect_clip_sizes(text.spec);
    return encode_ids(text, tokenize_captions(tokenizer, captions, options), clip_skip);
}

std::vector<at::Tensor> tokenize_for(std::span<const ClipText> texts, const Tokenizer& tokenizer,
                                     std::span<const std::string> captions, const TextOptions& options) {
    std::vector<at::Tensor> ids;
    for (const auto& text : texts) {
        expect_clip_sizes(text.spec);
        const auto pad_id = texts.size() == 1 ? Tokenizer::kEnd : text.spec.pad_id;
        ids.push_back(tokenize_captions(tokenizer, captions, options, pad_id));
    }
    if (options.weighted) {
        std::vector<at::Tensor> weights;
        for (const auto& caption : captions) weights.push_back(tokenizer.chunk_weights(caption, options));
        ids.push_back(at::stack(weights));  // [B, chunks, 77]
    }
    if (options.padded) return ids;
    base::expects(options.max_tokens == Tokenizer::kChunk - 2, "what is not padded is one chunk");
    std::int64_t longest = 0;
    for (const auto& caption : captions) longest = std::max(longest, tokenizer.count(caption, options));
    for (auto& one : ids) one = one.narrow(2, 0, std::min(longest, options.max_tokens) + 2);
    return ids;
}

TextStates read_ids(std::span<const ClipText> texts, std::span<const at::Tensor> ids,
                    std::int64_t clip_skip) {
    base::expects(ids.size() == texts.size() || ids.size() == texts.size() + 1,
                  "every tower has ids of its own, and weights come behind them");
    const auto weigh = [&](const at::Tensor& states) {
        if (ids.size() == texts.size()) return states;
        const auto weights = join_chunks(ids.back().unsqueeze(-1));  // [B, T, 1]
        return states * weights.to(states.options());
    };
    if (texts.size() == 1) return {weigh(encode_ids(texts[0], ids[0], clip_skip))};
    TextStates result;
    std::vector<at::Tensor> contexts;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto& text = texts[i];
        const auto batch = ids[i].size(0);
        const auto reading = text.read(ids[i].flatten(0, 1).to(text.token_embedding.device()));
        contexts.push_back(join_chunks(reading.states.unflatten(0, {batch, -1})));
        if (reading.pooled.defined())
            result.pooled = reading.pooled.unflatten(0, {batch, -1}).select(1, 0);  // [B, P]
    }
    result.context = weigh(at::cat(contexts, -1));
    return result;
}

TextStates read_captions(std::span<const ClipText> texts, const Tokenizer& tokenizer,
                         std::span<const std::string> captions, std::int64_t clip_skip,
                         const TextOptions& options) {
    return read_ids(texts, tokenize_for(texts, tokenizer, captions, options), clip_skip);
}

at::Tensor vector_of(const at::Tensor& pooled, const at::Tensor& sizes, std::int64_t vector_width) {
    base::expects(sizes.dim() == 2 && sizes.size(0) == pooled.size(0), "sizes are [B, n]");
    const auto features = (vector_width - pooled.size(1)) / sizes.size(1);
    const auto waves = nn::sinusoids(sizes.flatten(), features).view({sizes.size(0), -1});  // [B, n features]
    return at::cat({pooled, waves.to(pooled.options())}, 1);
}

}  // namespace lorikeet::models
