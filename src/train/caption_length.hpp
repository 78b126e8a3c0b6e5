// How much of a caption the model reads: model.max_tokens of its tokens, and nothing of the rest.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "data/scan.hpp"
#include "models/token_counter.hpp"
#include "settings/job.hpp"

namespace lorikeet::train {

// Without chance: what the text encoder is shown most of the time.
std::string usual_caption(const settings::Job& job, const data::DatasetImage& image);

// The bytes of the text, from its beginning, that fit into so many tokens. Cuts between letters, not within one.
std::size_t bytes_read(const models::TokenCounter& tokens, std::string_view text,
                       const models::TextOptions& options);

// Captions that are longer than what is read, with the setting that reads more; nothing when none is.
std::optional<base::Problem> cut_captions(const models::TokenCounter& tokens, const settings::Job& job,
                                          const std::vector<data::DatasetImage>& images);
// The same of the prompts of samples: a sentence; empty when all of each is read.
std::string words_on_cut_prompts(const models::TokenCounter& tokens, std::span<const std::string> prompts,
                                 const models::TextOptions& options);

}  // namespace lorikeet::train
