// CLIP's tokenizer: lower-cased text to numbers of byte pairs.
//
// Words are split by CLIP's pattern (contractions, letters, single digits, the rest), each is spelled in
// bytes, and neighbours are merged in the order the vocabulary was learned in. The result equals transformers' CLIPTokenizer
// with ftfy, as CLIP learned and sd-scripts reads, where texts are cleaned (models/text_cleaning.hpp), and its
// CLIPTokenizerFast where they are not.
//
// Source   Radford et al. 2021, arXiv:2103.00020, section 2.4; the vocabulary is bpe_simple_vocab_16e6.txt.gz.
// Golden   tests/golden/tokenizer.safetensors, text_cleaning.safetensors
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/ATen.h>

#include "base/file.hpp"
#include "models/text_options.hpp"
#include "models/token_counter.hpp"

namespace lorikeet::models {

class Tokenizer : public TokenCounter {
  public:
    static constexpr std::int64_t kBegin = 49406;  // <|startoftext|>
    static constexpr std::int64_t kEnd = 49407;  // <|endoftext|>, also what short captions are filled up with
    static constexpr std::int64_t kChunk = 77;   // tokens the tower reads at once: begin, 75 words, end

    // Throws Error{NotFound}, Error{Corrupt} when the file is not that vocabulary.
    static Tokenizer from_file(const base::Path& vocabulary);

    // Without begin and end, of any length. Bytes that are not UTF-8 count as U+FFFD. Of a weighted text, what has one weight
    // is read by itself, as the reference does.
    std::vector<std::int64_t> encode(std::string_view text, const TextOptions& options) const;

    std::int64_t count(std::string_view text, const TextOptions& options) const override;
    std::int64_t most() const override { return 225; }
    std::int64_t max_tokens_for(std::int64_t tokens) const override;  // 75, 150 or 225

    // How kohya cuts long captions: each chunk is begin, 75 places, and an end. Behind its words a caption has one end,
    // and `pad_id` from there on; a chunk that is all filling begins with an end, one that is all words ends with it.
    // Shapes   [max_tokens / 75, 77] int64; max_tokens is 75, 150 or 225. Words beyond are dropped.
    at::Tensor chunks(std::string_view text, const TextOptions& options, std::int64_t pad_id = kEnd) const;

    // The weight of each of them, 1 for begin, end and filling.
    // Shapes   as chunks, float32.
    at::Tensor chunk_weights(std::string_view text, const TextOptions& options) const;

  private:
    std::vector<std::int64_t> encode_part(std::string_view text, settings::TextCleaning cleaning) const;
    struct Vocabulary;
    explicit Tokenizer(std::shared_ptr<const Vocabulary> vocabulary) : vocabulary_(std::move(vocabulary)) {}
    std::shared_ptr<const Vocabulary> vocabulary_;  // shared by copies; never changes
};

// Where the vocabulary lies: beside the program (../share/lorikeet), in $LORIKEET_HOME, or in the checkout
// that built it. Throws Error{NotFound} with the places looked at.
base::Path default_vocabulary();

}  // namespace lorikeet::models
