// How texts become numbers: what of the settings changes what a text encoder is given.
#pragma once

#include <cstdint>

#include "settings/job.hpp"

namespace lorikeet::models {

struct TextOptions {
    std::int64_t max_tokens = 75;                                    // begin and end not counted
    settings::TextCleaning cleaning = settings::TextCleaning::Clip;  // Auto counts as Clip
    bool weighted = false;  // brackets are weights (models/prompt_weights.hpp), else letters
    // Filled up to max_tokens, else to the longest of those that are read together; 75 tokens at the most, then.
    bool padded = true;
};

inline TextOptions text_options_of(const settings::Job& job) {
    return {job.model.max_tokens, job.model.text_cleaning, job.data.weighted_captions,
            job.model.token_padding};
}

}  // namespace lorikeet::models
