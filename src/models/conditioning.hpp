// Captions to what the UNet attends to.
//
// Shapes   result [B, max_tokens + 2, D]: the first begin, 75 words of every chunk, the last end.
// Source   sd-scripts' handling of captions longer than 75 tokens, described in docs/formats/checkpoint.md.
// Golden   tests/golden/conditioning.safetensors
// Throws   Error{InvalidInput} when max_tokens is not 75, 150 or 225; Error{Unsupported} when the tower is not
//          made for CLIP's vocabulary.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <ATen/ATen.h>

#include "models/clip_text.hpp"
#include "models/tokenizer.hpp"

namespace lorikeet::models {

// A tower of another vocabulary would be asked for words that it does not have.
void expect_clip_sizes(const ClipTextSpec& spec);
// Ids of every caption: [B, chunks, 77] int64.
at::Tensor tokenize_captions(const Tokenizer& tokenizer, std::span<const std::string> captions,
                             std::int64_t max_tokens);
// ids [B, chunks, 77] to states [B, 75 * chunks + 2, D].
at::Tensor encode_ids(const ClipText& text, const at::Tensor& ids, std::int64_t clip_skip);
at::Tensor encode_captions(const ClipText& text, const Tokenizer& tokenizer,
                           std::span<const std::string> captions, std::int64_t clip_skip,
                           std::int64_t max_tokens);

}  // namespace lorikeet::models
