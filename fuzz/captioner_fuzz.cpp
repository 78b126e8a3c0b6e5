// The files beside a captioner's weights, the captions that are kept, and prompts: any bytes are refused with an Error, or
// make settings that a network can be built from, a vocabulary that says UTF-8, captions, and words.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "tag/blip_config.hpp"
#include "tag/kept_captions.hpp"
#include "tag/word_pieces.hpp"

using namespace lorikeet;

namespace {

// An Error that is no bug of ours is as good as an answer.
template <class Work>
void may_refuse(const Work& work) {
    try {
        work();
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
    }
}

void check_captioner_config(std::string_view bytes) {
    const auto config = tag::parse_blip_config(bytes, "config.json");
    for (const auto* tower : {&config.vision, &config.text})
        base::expects(tower->heads.value_or(1) >= 1 && tower->eps > 0, "numbers are in their range");
    base::expects(config.begin_token >= 0 && config.end_token >= 0, "tokens can be looked up");
}

void check_preprocessor(std::string_view bytes) {
    const auto found = tag::parse_blip_preprocessor(bytes, "preprocessor_config.json");
    base::expects(found.side_px.value_or(1) >= 1 && found.factor > 0, "numbers are in their range");
    for (const auto deviation : found.deviation) base::expects(deviation > 0, "it can be divided by");
}

void check_pieces(const tag::WordPieces& pieces, std::string_view text) {
    std::vector<std::int64_t> all;
    for (std::size_t i = 0; i < pieces.size() && i < 100; ++i) all.push_back(static_cast<std::int64_t>(i));
    base::expects(base::is_utf8(pieces.decode(all)), "what is said is UTF-8");
    may_refuse([&] {
        for (const auto token : pieces.encode(text))
            base::expects(token >= 0 && token < static_cast<std::int64_t>(pieces.size()),
                          "tokens are of the vocabulary");
    });
}

void check_kept(std::string_view bytes) {
    for (const auto& [image, kept] : tag::parse_kept_captions(bytes, "one"))
        base::expects(base::is_utf8(image) && base::is_utf8(kept.sentence.text), "texts are UTF-8");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    may_refuse([&] { check_captioner_config(bytes); });
    may_refuse([&] { check_preprocessor(bytes); });
    may_refuse([&] { check_pieces(tag::WordPieces::from_json(bytes, "tokenizer.json"), "a caf\xC3\xA9's"); });
    may_refuse([&] { check_pieces(tag::WordPieces::from_list(bytes, "vocab.txt"), "a dog"); });
    may_refuse([&] {
        for (const auto& word : tag::prompt_words(bytes, {}))
            base::expects(!word.empty() && base::is_utf8(word), "words");
    });
    check_kept(bytes);
    return 0;
}
