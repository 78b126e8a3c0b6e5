// A caption of any bytes becomes ids of the vocabulary, and chunks of the wanted shape: cleaned or not, with weights or without.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "models/tokenizer.hpp"

using lorikeet::base::expects;
using lorikeet::models::TextOptions;
using lorikeet::models::Tokenizer;
using lorikeet::settings::TextCleaning;

namespace {

void check(const Tokenizer& tokenizer, std::string_view text, const TextOptions& options) {
    const auto ids = tokenizer.encode(text, options);
    expects(std::all_of(ids.begin(), ids.end(), [](auto id) { return id >= 0 && id <= Tokenizer::kEnd; }),
            "every id is of the vocabulary");
    expects(ids.size() <= 3 * text.size(), "a byte becomes at most the three of U+FFFD");
    const auto chunks = tokenizer.chunks(text, options);
    expects(chunks.size(0) == 2 && chunks.size(1) == Tokenizer::kChunk, "two chunks of 77");
    const auto kept = std::min<std::size_t>(ids.size(), 75);
    for (std::size_t i = 0; i < kept; ++i) {
        expects(chunks[0][static_cast<std::int64_t>(i) + 1].item<std::int64_t>() == ids[i], "ids are kept");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto tokenizer = Tokenizer::from_file(lorikeet::models::default_vocabulary());
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto cleaning : {TextCleaning::Clip, TextCleaning::None})
        for (const bool weighted : {false, true})
            check(tokenizer, text, {.max_tokens = 150, .cleaning = cleaning, .weighted = weighted});
    return 0;
}
