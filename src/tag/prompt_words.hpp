// A prompt parted into words as BERT does before it looks for pieces: at blanks, each punctuation mark a word of its own, small
// letters and no accents where the vocabulary is of small letters.
//
// Letters are those of ASCII, Latin-1 and Latin Extended-A (U+0000 to U+017F), with accents as letters of their own or behind
// theirs (U+0300 to U+036F); marks are those of ASCII, the other quotes and dashes of these languages, and the ellipsis.
//
// Source   Devlin et al. 2019, arXiv:1810.04805, BasicTokenizer; tokenizers 0.23.3, BertNormalizer and BertPreTokenizer.
// Golden   tests/golden/blip_saved.safetensors
// Throws   Error{InvalidInput} naming a letter beyond these, and for what is no UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::tag {

struct LetterRules {
    bool lower = true;
    bool strip_accents = true;
};

std::vector<std::string> prompt_words(std::string_view text, const LetterRules& rules);

// A mark of ASCII for one that a vocabulary may not have: " for “, - for —. Empty for other words.
std::string plain_mark(std::string_view word);

// The prompt as it is written in front of a caption: a line without control characters, nor blanks around it.
std::string prompt_line(std::string_view prompt);

}  // namespace lorikeet::tag
