#include "tag/tag_chooser.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/tag_syntax.hpp"
#include "base/text.hpp"
#include "tag/tag_words.hpp"

namespace lorikeet::tag {

namespace {

using Keys = std::map<std::string, std::string>;

double threshold_of(Category category, const settings::Tagging& rules) {
    if (category == Category::Rating) return rules.rating_threshold.value_or(0);
    if (category == Category::Character) return rules.character_threshold.value_or(rules.threshold);
    if (category == Category::General) return rules.general_threshold.value_or(rules.threshold);
    return rules.threshold;
}

// What is asked of one tag, by its key, and whether the tagger has met it.
template <class T>
class AskedOfTags {
  public:
    explicit AskedOfTags(const char* setting) : setting_(setting) {}
    void add(const std::string& tag, T what) {
        const auto [at, fresh] = asked_.try_emplace(base::tag_key(tag), Asked{tag, what, false});
        if (!fresh && at->second.what != what)
            base::fail(
                base::ErrorCode::InvalidInput,
                fmt::format("{} names \"{}\" twice, each time otherwise.", setting_, base::printable(tag)),
                "Leave one of the two out.");
    }
    const T* find(const std::string& key) {
        const auto at = asked_.find(key);
        if (at == asked_.end()) return nullptr;
        at->second.met = true;
        return &at->second.what;
    }
    void expect_all_met(const TagList& tags) const {
        for (const auto& [key, asked] : asked_) {
            if (asked.met) continue;
            std::vector<std::string> names;
            for (const auto& tag : tags) names.push_back(base::with_blanks(tag.name));
            const auto near = base::nearest(key, names);
            base::fail(
                base::ErrorCode::InvalidInput,
                fmt::format("{} names \"{}\", which this tagger does not know.", setting_,
                            base::printable(asked.tag)),
                near ? fmt::format("Did you mean \"{}\"?", *near) : "See selected_tags.csv for its tags.");
        }
    }

  private:
    struct Asked {
        std::string tag;
        T what;
        bool met = false;
    };
    const char* setting_;
    std::map<std::string, Asked> asked_;
};

bool is_excluded(const std::string& key, const std::vector<std::string>& excluded) {
    return std::any_of(excluded.begin(), excluded.end(),
                       [&](const auto& wanted) { return base::tag_matches(wanted, key); });
}

}  // namespace

TagChooser::TagChooser(const TagList& tags, const settings::Tagging& rules) : rules_(rules) {
    AskedOfTags<double> thresholds("tag_thresholds");
    AskedOfTags<std::string> replacements("replace");
    for (const auto& text : rules.tag_thresholds)
        if (const auto asked = settings::tag_threshold_of(text)) thresholds.add(asked->first, asked->second);
    if (const auto pairs = settings::replacements_of(rules.replace))
        for (const auto& [found, written] : *pairs) replacements.add(found, written);
    std::vector<std::string> excluded;
    for (const auto& tag : rules.exclude)
        if (!base::trim(std::string_view(tag)).empty()) excluded.push_back(base::tag_key(tag));

    for (const auto& tag : tags) {
        const bool splits = rules.split_characters && tag.category == Category::Character;
        const auto* asked = thresholds.find(base::tag_key(tag.name));
        Choice choice{{}, tag.category, asked != nullptr ? *asked : threshold_of(tag.category, rules)};
        const auto* whole = replacements.find(base::tag_key(tag.name));
        const auto parts = whole != nullptr ? std::vector{*whole}
                           : splits         ? split_series(tag.name)
                                            : std::vector{tag.name};
        for (const auto& part : parts) {
            const auto* replaced = whole == nullptr ? replacements.find(base::tag_key(part)) : nullptr;
            auto text = whole != nullptr      ? part
                        : replaced != nullptr ? *replaced
                        : rules.underscores   ? part
                                              : base::with_blanks(part);
            const bool goes = text.empty() || is_excluded(base::tag_key(text), excluded) ||
                              is_excluded(base::tag_key(tag.name), excluded);
            if (!goes) choice.texts.push_back(std::move(text));
        }
        if (!choice.texts.empty() && tag.category != Category::Rating)
            least_ = std::min(least_, choice.threshold);
        choices_.push_back(std::move(choice));
    }
    thresholds.expect_all_met(tags);
    replacements.expect_all_met(tags);
    note_unmet(tags);
}

void TagChooser::note_unmet(const TagList& tags) {
    std::vector<std::string> keys;  // of tags, as the tagger has them and as they are written
    for (const auto& tag : tags) keys.push_back(base::tag_key(tag.name));
    for (const auto& choice : choices_)
        for (const auto& text : choice.texts) keys.push_back(base::tag_key(text));
    if (const auto pairs = settings::replacements_of(rules_.replace))
        for (const auto& [found, written] : *pairs) keys.push_back(base::tag_key(written));
    if (rules_.split_characters)
        for (const auto& tag : tags)
            for (const auto& part : split_series(tag.name)) keys.push_back(base::tag_key(part));
    const auto note = [&](const char* setting, const std::vector<std::string>& wanted) {
        for (const auto& tag : wanted) {
            const auto key = base::tag_key(tag);
            const bool met = base::trim(std::string_view(tag)).empty() ||
                             std::any_of(keys.begin(), keys.end(),
                                         [&](const auto& one) { return base::tag_matches(key, one); });
            if (!met)
                notes_.push_back(
                    fmt::format("{}: \"{}\" is not a tag of this tagger.", setting, base::printable(tag)));
        }
    };
    note("exclude", rules_.exclude);
    note("first_tags", rules_.first_tags);
}

bool TagChooser::reaches(std::span<const float> scores) const {
    for (std::size_t i = 0; i < choices_.size(); ++i)
        if (choices_[i].category != Category::Rating &&
            static_cast<double>(scores[i]) >= choices_[i].threshold)
            return true;
    return false;
}

const TagChooser::Choice* TagChooser::likeliest_rating(std::span<const float> scores) const {
    const Choice* best = nullptr;
    float most = -1;
    for (std::size_t i = 0; i < choices_.size(); ++i)
        if (choices_[i].category == Category::Rating && scores[i] > most) {
            best = &choices_[i];
            most = scores[i];
        }
    return best != nullptr && static_cast<double>(most) >= best->threshold ? best : nullptr;
}

std::vector<std::string> TagChooser::choose(std::span<const float> scores) const {
    base::expects(scores.size() == choices_.size(), "there is a score for each tag");
    std::vector<std::string> characters, tags;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const auto& choice = choices_[i];
        if (choice.category == Category::Rating || !(static_cast<double>(scores[i]) >= choice.threshold))
            continue;
        auto& into = rules_.characters_first && choice.category == Category::Character ? characters : tags;
        into.insert(into.end(), choice.texts.begin(), choice.texts.end());
    }
    tags.insert(tags.begin(), characters.begin(), characters.end());
    if (const auto* rating = rules_.rating == settings::RatingTag::None ? nullptr : likeliest_rating(scores))
        tags.insert(rules_.rating == settings::RatingTag::First ? tags.begin() : tags.end(),
                    rating->texts.begin(), rating->texts.end());
    tags = each_once(tags);
    if (rules_.drop_implied) tags = without_implied(tags);
    return brought_forward(tags, rules_.first_tags);
}

}  // namespace lorikeet::tag
