// BERT's word pieces: the tokens of a caption to its text, and a prompt to its tokens.
//
// Equal to transformers' BertTokenizerFast: decode() leaves special tokens and numbers beyond the vocabulary out and tidies
// blanks up before punctuation; encode() parts the text into words (prompt_words.hpp) and takes the longest piece that fits,
// again and again. A quote or dash that the vocabulary lacks is read as that of ASCII.
//
// Source   Wu et al. 2016, arXiv:1609.08144, section 4.1; tokenizer.json, or vocab.txt with a piece a line (lower case).
// Golden   tests/golden/blip.safetensors, blip_saved.safetensors
// Throws   Error{NotFound} where a folder has neither file; Error{Corrupt}, Error{Unsupported} for one that is no such
//          vocabulary; Error{InvalidInput} for a text with a special token, and what prompt_words throws.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file.hpp"
#include "tag/prompt_words.hpp"

namespace lorikeet::tag {

class WordPieces {
  public:
    static WordPieces from_folder(const base::Path& folder);
    // `name` is what messages call the file.
    static WordPieces from_json(std::string_view json, const std::string& name);
    static WordPieces from_list(std::string_view lines, const std::string& name);

    std::size_t size() const { return pieces_.size(); }
    // Without the tokens of begin and end.
    std::vector<std::int64_t> encode(std::string_view text) const;
    // The same; throws Error{InvalidInput} naming a word that the vocabulary cannot say: it would stand for nothing.
    std::vector<std::int64_t> encode_known(std::string_view text) const;
    std::string decode(std::span<const std::int64_t> tokens) const;
    // `before` with what the tokens say behind it.
    std::string decode_behind(std::string before, std::span<const std::int64_t> tokens) const;

  private:
    void take(std::string piece, std::int64_t id, const std::string& name);
    void finish(const std::string& name);
    // Nothing for a word that the vocabulary cannot say.
    std::vector<std::int64_t> pieces_of(const std::string& word) const;
    std::vector<std::string> words_of(std::string_view text) const;
    std::string decoded(std::span<const std::int64_t> tokens, bool first) const;

    std::vector<std::string> pieces_;  // by number
    std::unordered_map<std::string, std::int64_t> ids_;
    std::set<std::int64_t> special_;
    std::int64_t unknown_ = -1;
    LetterRules letters_;
};

}  // namespace lorikeet::tag
