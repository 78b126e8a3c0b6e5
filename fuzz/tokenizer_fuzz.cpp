// A caption of any bytes becomes ids of the vocabulary, the same each time, and chunks of the wanted shape.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/error.hpp"
#include "models/tokenizer.hpp"

using lorikeet::base::expects;
using lorikeet::models::Tokenizer;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto tokenizer = Tokenizer::from_file(lorikeet::models::default_vocabulary());
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto ids = tokenizer.encode(text);
    expects(std::all_of(ids.begin(), ids.end(), [](auto id) { return id >= 0 && id <= Tokenizer::kEnd; }),
            "every id is of the vocabulary");
    expects(ids.size() <= 3 * size, "a byte becomes at most the three of U+FFFD");
    const auto chunks = tokenizer.chunks(text, 150);
    expects(chunks.size(0) == 2 && chunks.size(1) == Tokenizer::kChunk, "two chunks of 77");
    const auto kept = std::min<std::size_t>(ids.size(), 75);
    for (std::size_t i = 0; i < kept; ++i) {
        expects(chunks[0][static_cast<std::int64_t>(i) + 1].item<std::int64_t>() == ids[i], "ids are kept");
    }
    return 0;
}
