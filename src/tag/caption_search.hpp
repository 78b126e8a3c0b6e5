// The way from scores of words to a caption: the likeliest word each time, the likeliest captions in parallel (beams), or a
// draw from the likeliest words. No tensors: a search is given scores and says which words to compute next.
//
// Beams are those of transformers' generate(): twice as many candidates as beams, finished captions compared by
// log-likelihood / length ^ length_penalty, and an end when the best running one cannot catch up, or as soon as there are as many
// finished ones as beams (early_stopping). A draw is from the 50 likeliest words, then from the fewest of them that make up
// top_p. Lengths count all tokens: the one of begin, the prompt and the one of the end.
//
// Source   transformers 4.54.1, generation/utils.py (_sample, _beam_search), generation/logits_process.py.
// Golden   tests/golden/blip.safetensors
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace lorikeet::tag {

using Tokens = std::vector<std::int64_t>;

struct SearchRules {
    std::int64_t beams = 1;
    std::optional<double> top_p;  // a draw; with one beam
    std::int64_t min_length = 0;
    std::int64_t max_length = 20;  // more than the prompt has
    double length_penalty = 1;
    bool early_stopping = false;
    std::int64_t end_token = 102;
    std::uint64_t seed = 0;  // of the draws of this one caption
};

// One row that is computed next: the caption that it goes on with, by its place among the rows before, and the new word.
struct SearchRow {
    std::size_t parent = 0;
    std::int64_t token = 0;
};

// For one image.
class CaptionSearch {
  public:
    virtual ~CaptionSearch() = default;
    // Takes the scores (logits) that follow each row, rows one after another; at first there is one row, the prompt.
    // Nothing is returned once the caption is found.
    virtual std::vector<SearchRow> next(std::span<const float> logits, std::size_t rows) = 0;
    // From the token of begin to that of the end, which it lacks where it was cut at max_length. Where scores were not
    // finite it is the likeliest caption that had come to its end by then; empty where none had.
    virtual Tokens result() const = 0;
};

std::unique_ptr<CaptionSearch> make_search(const SearchRules& rules, Tokens prompt);

// Which words may be drawn: the `most` likeliest, then the fewest of them that make up top_p. -inf for the others.
std::vector<float> likeliest_words(std::span<const float> logits, std::size_t most, double top_p);

}  // namespace lorikeet::tag
