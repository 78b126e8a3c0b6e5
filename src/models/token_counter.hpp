// How long a text is to a family of models, in its own tokens: known without the model.
#pragma once

#include <cstdint>
#include <string_view>

#include "models/text_options.hpp"

namespace lorikeet::models {

class TokenCounter {
  public:
    virtual ~TokenCounter() = default;

    // Those that count against model.max_tokens: no begin, no end.
    virtual std::int64_t count(std::string_view text, const TextOptions& options) const = 0;
    // The largest model.max_tokens that the family takes.
    virtual std::int64_t most() const = 0;
    // The smallest model.max_tokens that reads `tokens` of them, or the largest there is.
    virtual std::int64_t max_tokens_for(std::int64_t tokens) const = 0;
};

}  // namespace lorikeet::models
