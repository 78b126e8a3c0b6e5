#include "tag/caption_search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::tag {

namespace {

constexpr float kNever = -std::numeric_limits<float>::infinity();
constexpr float kUnlikely = -1e9F;           // transformers' own number for what is not chosen
constexpr std::size_t kWordsDrawnFrom = 50;  // generate()'s own top_k

bool are_finite(std::span<const float> scores) {
    return std::all_of(scores.begin(), scores.end(), [](float score) { return std::isfinite(score); });
}

std::vector<float> log_softmax(std::span<const float> scores) {
    const auto largest = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (const auto score : scores) sum += std::exp(static_cast<double>(score - largest));
    const auto below = largest + static_cast<float>(std::log(sum));
    std::vector<float> logs(scores.size());
    std::transform(scores.begin(), scores.end(), logs.begin(), [&](float score) { return score - below; });
    return logs;
}

// The places of the `count` largest, largest first; of equal ones the first.
std::vector<std::size_t> largest_places(std::span<const float> scores, std::size_t count) {
    std::vector<std::size_t> places(scores.size());
    std::iota(places.begin(), places.end(), 0);
    count = std::min(count, places.size());
    std::partial_sort(
        places.begin(), places.begin() + static_cast<std::ptrdiff_t>(count), places.end(),
        [&](std::size_t a, std::size_t b) { return scores[a] != scores[b] ? scores[a] > scores[b] : a < b; });
    places.resize(count);
    return places;
}

// One caption: the likeliest word each time, or a drawn one.
class OneCaption : public CaptionSearch {
  public:
    OneCaption(const SearchRules& rules, Tokens prompt)
        : rules_(rules), tokens_(std::move(prompt)), draws_(rules.seed) {}

    std::vector<SearchRow> next(std::span<const float> logits, std::size_t rows) override {
        base::expects(rows == 1, "there is one caption");
        if (!are_finite(logits)) {
            tokens_.clear();
            return {};
        }
        std::vector<float> scores(logits.begin(), logits.end());
        if (length() < rules_.min_length) scores[static_cast<std::size_t>(rules_.end_token)] = kNever;
        const auto word = rules_.top_p ? drawn(scores) : largest_places(scores, 1).front();
        tokens_.push_back(static_cast<std::int64_t>(word));
        if (tokens_.back() == rules_.end_token || length() >= rules_.max_length) return {};
        return {{0, tokens_.back()}};
    }
    Tokens result() const override { return tokens_; }

  private:
    SearchRules rules_;
    Tokens tokens_;
    tensor::Draws draws_;

    std::int64_t length() const { return static_cast<std::int64_t>(tokens_.size()); }

    std::size_t drawn(std::span<const float> scores) {
        const auto kept = log_softmax(likeliest_words(scores, kWordsDrawnFrom, *rules_.top_p));
        auto left = draws_.uniform();
        std::size_t last = 0;
        for (std::size_t i = 0; i < kept.size(); ++i) {
            if (kept[i] == kNever) continue;
            last = i;
            left -= std::exp(static_cast<double>(kept[i]));
            if (left < 0) break;
        }
        return last;
    }
};

struct Beam {
    Tokens tokens;
    float score = kUnlikely;
    std::size_t parent = 0;
    bool finished = false;
};

// The `count` best, best first; of equal ones those that come first.
std::vector<Beam> best_beams(const std::vector<Beam>& beams, std::size_t count) {
    std::vector<float> scores;
    for (const auto& beam : beams) scores.push_back(beam.score);
    std::vector<Beam> best;
    for (const auto place : largest_places(scores, count)) best.push_back(beams[place]);
    return best;
}

class BeamCaptions : public CaptionSearch {
  public:
    BeamCaptions(const SearchRules& rules, Tokens prompt)
        : rules_(rules),
          count_(static_cast<std::size_t>(rules.beams)),
          prompt_length_(static_cast<std::int64_t>(prompt.size())),
          length_(prompt_length_),
          running_{{std::move(prompt), 0, 0, false}},
          found_(count_, {running_.front().tokens, kUnlikely, 0, false}) {}

    std::vector<SearchRow> next(std::span<const float> logits, std::size_t rows) override {
        base::expects(rows == running_.size(), "every beam has its scores");
        if (!are_finite(logits)) {
            if (!found_.front().finished) found_.front().tokens.clear();
            return {};
        }
        auto candidates = continued(logits);
        keep_finished(candidates);
        running_ = still_running(candidates);
        ++length_;
        may_improve_ = may_improve_ && could_improve();
        const bool all_end =
            std::all_of(candidates.begin(), candidates.end(), [](const Beam& beam) { return beam.finished; });
        if (!may_improve_ || all_end || (rules_.early_stopping && is_full())) return {};
        std::vector<SearchRow> next_rows;
        for (const auto& beam : running_) next_rows.push_back({beam.parent, beam.tokens.back()});
        return next_rows;
    }
    Tokens result() const override { return found_.front().tokens; }

  private:
    SearchRules rules_;
    std::size_t count_;
    std::int64_t prompt_length_;
    std::int64_t length_;        // of the running ones
    std::vector<Beam> running_;  // best first
    std::vector<Beam> found_;    // best first; those not finished fill it up
    bool may_improve_ = true;

    bool is_full() const {
        return std::all_of(found_.begin(), found_.end(), [](const Beam& beam) { return beam.finished; });
    }
    float per_length(std::int64_t words) const {
        return static_cast<float>(std::pow(static_cast<double>(words), rules_.length_penalty));
    }

    // The best continuations of all beams, twice as many as beams: so many are left even if each beam's best is an end.
    std::vector<Beam> continued(std::span<const float> logits) const {
        const auto words = logits.size() / running_.size();
        std::vector<float> scores;
        scores.reserve(logits.size());
        for (std::size_t i = 0; i < running_.size(); ++i) {
            auto row = log_softmax(logits.subspan(i * words, words));
            if (length_ < rules_.min_length) row[static_cast<std::size_t>(rules_.end_token)] = kNever;
            for (const auto score : row) scores.push_back(score + running_[i].score);
        }
        std::vector<Beam> candidates;
        for (const auto place : largest_places(scores, 2 * count_)) {
            const auto parent = place / words;
            candidates.push_back({running_[parent].tokens, scores[place], parent, false});
            auto& tokens = candidates.back().tokens;
            tokens.push_back(static_cast<std::int64_t>(place % words));
            candidates.back().finished = tokens.back() == rules_.end_token ||
                                         length_ + 1 >= rules_.max_length;
        }
        return candidates;
    }

    std::vector<Beam> still_running(std::vector<Beam> candidates) const {
        for (auto& beam : candidates)
            if (beam.finished) beam.score += kUnlikely;
        return best_beams(candidates, count_);
    }

    // Of the finished ones only those among the first `beams` candidates count.
    void keep_finished(const std::vector<Beam>& candidates) {
        auto all = found_;
        const bool closed = (rules_.early_stopping && is_full()) || !may_improve_;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            auto beam = candidates[i];
            beam.finished = beam.finished && i < count_;
            beam.score /= per_length(length_ + 1 - prompt_length_);
            if (closed) beam.score += kUnlikely;
            if (!beam.finished) beam.score += kUnlikely;
            all.push_back(std::move(beam));
        }
        found_ = best_beams(all, count_);
    }

    bool could_improve() const {
        const auto best = running_.front().score / per_length(length_ - prompt_length_);
        const auto worst = std::min_element(found_.begin(), found_.end(), [](const Beam& a, const Beam& b) {
                               return a.score < b.score;
                           })->score;
        return std::any_of(found_.begin(), found_.end(),
                           [&](const Beam& beam) { return best > (beam.finished ? worst : kUnlikely); });
    }
};

}  // namespace

std::unique_ptr<CaptionSearch> make_search(const SearchRules& rules, Tokens prompt) {
    base::expects(rules.beams >= 1 && (!rules.top_p || rules.beams == 1), "a draw has one beam");
    base::expects(static_cast<std::int64_t>(prompt.size()) < rules.max_length, "there is room for a word");
    if (rules.beams == 1) return std::make_unique<OneCaption>(rules, std::move(prompt));
    return std::make_unique<BeamCaptions>(rules, std::move(prompt));
}

std::vector<float> likeliest_words(std::span<const float> logits, std::size_t most, double top_p) {
    std::vector<float> kept(logits.size(), kNever);
    const auto places = largest_places(logits, most);
    std::vector<float> scores;
    for (const auto place : places) scores.push_back(logits[place]);
    const auto logs = log_softmax(scores);
    double above = 0;  // how likely one of those before is
    for (std::size_t i = 0; i < places.size(); ++i) {
        if (i > 0 && above >= top_p) break;
        kept[places[i]] = scores[i];
        above += std::exp(static_cast<double>(logs[i]));
    }
    return kept;
}

}  // namespace lorikeet::tag
