// BERT's word pieces: the tokens of a caption to its text, and a prompt to its tokens.
//
// Equal to transformers' BertTokenizerFast: decode() leaves special tokens and numbers beyond the vocabulary out and tidies
// blanks up before punctuation; encode() lowers the text where the vocabulary is of lower case, parts words from
// punctuation, and takes the longest piece that fits, again and again.
//
// Source   Wu et al. 2016, arXiv:1609.08144, section 4.1; tokenizer.json, or vocab.txt with a piece a line (lower case).
// Golden   tests/golden/blip.safetensors
// Throws   Error{NotFound} where a folder has neither file; Error{Corrupt}, Error{Unsupported} for one that is no such
//          vocabulary; Error{InvalidInput} for a prompt with letters beyond ASCII or with a special token.
#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/file.hpp"

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
    std::string decode(std::span<const std::int64_t> tokens) const;

  private:
    void take(std::string piece, std::int64_t id, const std::string& name);
    void finish(const std::string& name);
    void add_word(std::string_view word, std::vector<std::int64_t>& tokens) const;

    std::vector<std::string> pieces_;  // by number
    std::unordered_map<std::string, std::int64_t> ids_;
    std::set<std::int64_t> special_;
    std::int64_t unknown_ = -1;
    bool lower_ = true;
};

}  // namespace lorikeet::tag
