// Captions to what the UNet attends to, and for SDXL to the vector that it hears.
//
// Without padding T is 2 more than the tokens of the longest caption, and ids are [B, 1, T]; the states are those of padded
// captions up to there, since a tower looks back only. So did sd-scripts for train_db's no_token_padding, whose clip skip it
// left out; in 48d368f it reads the flag and does nothing.
//
// Shapes   context [B, max_tokens + 2, D]: the first begin, 75 words of every chunk, the last end; D is that of all
//          towers together.  pooled [B, P], of the first chunk, of the last tower; undefined for Stable Diffusion 1.x.
// Source   sd-scripts' handling of captions longer than 75 tokens, described in docs/formats/checkpoint.md; Podell et al.
//          2023, arXiv:2307.01952, section 2.2, for the sizes.
// Golden   tests/golden/conditioning.safetensors, conditioning_sdxl.safetensors, weighted_captions.safetensors
// Throws   Error{InvalidInput} when max_tokens is not 75, 150 or 225; Error{Unsupported} when a tower is not
//          made for CLIP's vocabulary.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "models/clip_text.hpp"
#include "models/text_options.hpp"
#include "models/text_states.hpp"
#include "models/tokenizer.hpp"

namespace lorikeet::models {

// Ids of every caption: [B, chunks, 77] int64; short ones are filled up with `pad_id`.
at::Tensor tokenize_captions(const Tokenizer& tokenizer, std::span<const std::string> captions,
                             const TextOptions& options, std::int64_t pad_id = Tokenizer::kEnd);
// ids [B, chunks, 77] to states [B, 75 * chunks + 2, D].
at::Tensor encode_ids(const ClipText& text, const at::Tensor& ids, std::int64_t clip_skip);
at::Tensor encode_captions(const ClipText& text, const Tokenizer& tokenizer,
                           std::span<const std::string> captions, std::int64_t clip_skip,
                           const TextOptions& options);

// By one tower as above; by two as SDXL does, where clip skip is not read: the states before the last layer of both.
// In two steps: words to numbers, [B, chunks, 77] int64 for each tower, and those to states where the towers are. Where texts
// are weighted, the weights come last, as float32: states of all towers are multiplied by them, the pooled vector is not, and
// no mean is put right, as in sd-scripts at 48d368f.
std::vector<at::Tensor> tokenize_for(std::span<const ClipText> texts, const Tokenizer& tokenizer,
                                     std::span<const std::string> captions, const TextOptions& options);
TextStates read_ids(std::span<const ClipText> texts, std::span<const at::Tensor> ids, std::int64_t clip_skip);
TextStates read_captions(std::span<const ClipText> texts, const Tokenizer& tokenizer,
                         std::span<const std::string> captions, std::int64_t clip_skip,
                         const TextOptions& options);

// The vector of SDXL: the pooled caption, and the sines and cosines of each size.
// Shapes   pooled [B, P];  sizes [B, 6]: height and width before it was resized, rows cut off above, columns cut off on
//          the left, height and width trained at;  result [B, vector_width].
at::Tensor vector_of(const at::Tensor& pooled, const at::Tensor& sizes, std::int64_t vector_width);

}  // namespace lorikeet::models
