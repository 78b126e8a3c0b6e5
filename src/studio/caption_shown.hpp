// A caption as a plan shows it.
#pragma once

#include <string>

#include "data/scan.hpp"
#include "models/token_counter.hpp"
#include "settings/job.hpp"

namespace lorikeet::studio {

struct CaptionShown {
    std::string file;
    std::string caption;   // as the model will read it, the trigger in front
    std::string unread{};  // what follows, and is not read
};

// As the model will read it, and what it will not. What is not read is shortened when it is long.
CaptionShown shown_caption(const models::TokenCounter& tokens, const settings::Job& job,
                           const data::DatasetImage& image);

}  // namespace lorikeet::studio
