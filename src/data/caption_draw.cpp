#include "data/caption_draw.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "base/printable.hpp"
#include "base/prompt_syntax.hpp"
#include "base/text.hpp"
#include "data/caption.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {
namespace {

using tensor::Stream;
using Tags = std::vector<std::string>;

// Fisher-Yates.
void shuffle(Tags& tags, tensor::Draws& draws) {
    for (std::size_t i = tags.size(); i > 1; --i) std::swap(tags[i - 1], tags[draws.below(i)]);
}

// The letter two bytes of UTF-8 stand for, small: Latin-1, Latin Extended-A, Greek and Cyrillic, where the small one has two
// bytes as well.
char32_t small(char32_t letter) {
    const auto in = [&](char32_t first, char32_t last) { return letter >= first && letter <= last; };
    if ((in(0xC0, 0xDE) && letter != 0xD7) || in(0x391, 0x3A9) || in(0x410, 0x42F)) return letter + 0x20;
    if (in(0x400, 0x40F)) return letter + 0x50;
    if (in(0x100, 0x12F) || in(0x132, 0x137) || in(0x14A, 0x177)) return letter | 1U;
    if (in(0x139, 0x148) || in(0x179, 0x17E)) return letter + (letter & 1U);
    return letter;
}

// The text encoder sees small letters alone. As many bytes as before.
std::string small_letters(std::string_view text) {
    auto result = base::to_lower(text);
    for (std::size_t i = 0; i + 1 < result.size(); ++i) {
        const auto first = static_cast<unsigned char>(result[i]);
        if (first < 0xC3 || first > 0xD0) continue;
        const auto second = static_cast<unsigned char>(result[i + 1]);
        const auto letter = small((first & 0x1FU) << 6U | (second & 0x3FU));
        result[i] = static_cast<char>(0xC0U | letter >> 6U);
        result[i + 1] = static_cast<char>(0x80U | (letter & 0x3FU));
    }
    return result;
}

bool begins_with_tag(std::string_view caption, std::string_view tag) {
    return caption.size() >= tag.size() &&
           small_letters(caption.substr(0, tag.size())) == small_letters(tag) &&
           (caption.size() == tag.size() || caption[tag.size()] == ',');
}

std::string_view without_first(std::string_view caption, std::size_t bytes) {
    auto rest = base::trim(caption.substr(bytes));
    if (rest.starts_with(',')) rest.remove_prefix(1);
    return base::trim(rest);
}

Tags tags_of(std::string_view text, const CaptionDraw& draw) {
    return draw.weighted ? parse_weighted_tags(text) : parse_tags(text);
}

std::string without_escapes(std::string_view text, const CaptionDraw& draw) {
    return draw.weighted ? std::string(text) : base::unescape_brackets(text);
}

// Without the trigger where it is a tag already, whatever its letters' case.
std::string without_tag(const std::string& caption, const std::string& tag, const CaptionDraw& draw) {
    if (begins_with_tag(caption, tag)) return std::string(without_first(caption, tag.size()));
    auto tags = tags_of(caption, draw);
    const auto same = [wanted = small_letters(tag)](const auto& one) { return small_letters(one) == wanted; };
    return std::erase_if(tags, same) == 0 ? caption : write_tags(tags);
}

tensor::Draws draws_of(Stream stream, const CaptionDraw& draw) {
    return tensor::Draws(tensor::seed_of(draw.seed, stream, static_cast<std::uint64_t>(draw.epoch),
                                         static_cast<std::uint64_t>(draw.place)));
}

bool is_dropped(const settings::Subset& subset, const CaptionDraw& draw) {
    if (subset.caption_dropout_epochs > 0 && (draw.epoch + 1) % subset.caption_dropout_epochs == 0)
        return true;
    return subset.caption_dropout > 0 &&
           draws_of(Stream::CaptionDropout, draw).uniform() < subset.caption_dropout;
}

// Stand for {{ and }} while wildcards are looked for; no text has them.
constexpr std::string_view kOpen = "\x01", kClose = "\x02";

// "a {red|blue} bird {{x}}" -> "a blue bird {x}". Brackets that nothing closes stay.
std::string choose_wildcards(std::string typed, tensor::Draws& draws) {
    typed = base::replace_all(base::replace_all(std::move(typed), "{{", kOpen), "}}", kClose);
    std::string_view text = typed;
    std::string chosen;
    while (!text.empty()) {
        const auto open = text.find('{'), close = text.find('}', std::min(open, text.size()));
        if (close == std::string_view::npos) break;
        chosen += text.substr(0, open);
        const auto words = base::split(text.substr(open + 1, close - open - 1), "|");
        chosen += close == open + 1 ? "{}" : words[draws.below(words.size())];
        text.remove_prefix(close + 1);
    }
    chosen += text;
    return base::replace_all(base::replace_all(std::move(chosen), kOpen, "{"), kClose, "}");
}

// Without the trigger, which comes in front.
std::string line_shown(const settings::Subset& subset, const std::string& trigger, const std::string& caption,
                       const CaptionDraw& draw) {
    auto draws = draws_of(Stream::Wildcard, draw);
    std::string_view line = caption;
    const auto lines = subset.wildcards ? base::split(caption, "\n") : Tags();
    if (lines.size() > 1) line = lines[draws.below(lines.size())];
    auto own = without_escapes(base::trim(line), draw);
    if (!trigger.empty()) own = without_tag(own, trigger, draw);
    std::string text;
    for (const auto& piece : {without_escapes(base::trim(subset.prefix), draw), own,
                              without_escapes(base::trim(subset.suffix), draw)}) {
        if (!base::is_visible(piece)) continue;
        if (!text.empty()) text += ' ';
        text += piece;
    }
    return subset.wildcards ? choose_wildcards(std::move(text), draws) : text;
}

struct Parts {
    Tags front, middle, back;  // the middle is what may be shuffled and left out
    bool marked = false;       // by the separator
};

Parts parts_of(const settings::Subset& subset, const std::string& text, const CaptionDraw& draw) {
    Parts parts;
    const auto at = subset.keep_separator.empty() ? std::string::npos : text.find(subset.keep_separator);
    if (at == std::string::npos) {
        parts.middle = tags_of(text, draw);
        const auto kept = std::min<std::size_t>(
            static_cast<std::size_t>(std::max<std::int64_t>(subset.keep_tokens, 0)), parts.middle.size());
        const auto end = parts.middle.begin() + static_cast<std::ptrdiff_t>(kept);
        parts.front.assign(std::make_move_iterator(parts.middle.begin()), std::make_move_iterator(end));
        parts.middle.erase(parts.middle.begin(), end);
        return parts;
    }
    parts.marked = true;
    const auto pieces = base::split(text, subset.keep_separator);
    parts.front = tags_of(pieces[0], draw);
    parts.middle = tags_of(pieces[1], draw);
    for (std::size_t i = 2; i < pieces.size(); ++i)
        for (auto& tag : tags_of(pieces[i], draw)) parts.back.push_back(std::move(tag));
    return parts;
}

void warm_up(Tags& tags, const settings::Subset& subset, double progress) {
    const auto least = static_cast<double>(subset.tag_warmup_min);
    if (subset.tag_warmup <= 0 || progress >= subset.tag_warmup || least >= static_cast<double>(tags.size()))
        return;
    const auto more = progress / subset.tag_warmup * (static_cast<double>(tags.size()) - least);
    tags.resize(static_cast<std::size_t>(std::floor(more) + least));
}

std::string vary_tags(const settings::Subset& subset, const std::string& trigger, std::string text,
                      const CaptionDraw& draw) {
    const bool changes = subset.shuffle_tags || subset.tag_warmup > 0 || subset.tag_dropout > 0;
    auto parts = parts_of(subset, text, draw);
    if (!changes && !parts.marked) return text;
    if (parts.marked && !trigger.empty())
        for (auto* some : {&parts.front, &parts.middle, &parts.back})
            std::erase_if(*some,
                          [&](const auto& tag) { return small_letters(tag) == small_letters(trigger); });
    auto& tags = parts.middle;
    warm_up(tags, subset, draw.progress);
    if (subset.shuffle_tags) {
        auto draws = draws_of(Stream::Caption, draw);
        shuffle(tags, draws);
    }
    if (subset.tag_dropout > 0) {
        auto draws = draws_of(Stream::TagDropout, draw);
        std::erase_if(tags, [&](const auto&) { return draws.uniform() < subset.tag_dropout; });
    }
    Tags all = std::move(parts.front);
    for (auto* more : {&tags, &parts.back})
        all.insert(all.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
    return write_tags(all);
}

}  // namespace

std::string caption_for_draw(const settings::Subset& subset, const std::string& caption,
                             const CaptionDraw& draw) {
    if (is_dropped(subset, draw)) return {};
    const auto typed = base::is_visible(subset.trigger) ? base::trim(subset.trigger) : std::string_view();
    const auto trigger = without_escapes(typed, draw);
    auto text = vary_tags(subset, trigger, line_shown(subset, trigger, caption, draw), draw);
    if (!subset.secondary_separator.empty())
        if (text.find(subset.secondary_separator) != std::string::npos)
            text = write_tags(
                tags_of(base::replace_all(std::move(text), subset.secondary_separator, ","), draw));
    if (trigger.empty()) return text;
    return text.empty() ? trigger : trigger + ", " + text;
}

bool caption_varies(const settings::Subset& subset) {
    return subset.shuffle_tags || subset.wildcards || subset.tag_dropout > 0 || subset.tag_warmup > 0;
}

bool caption_drops(const settings::Subset& subset) {
    return subset.caption_dropout > 0 || subset.caption_dropout_epochs > 0;
}

settings::Subset without_chance(settings::Subset subset) {
    subset.shuffle_tags = false;
    subset.caption_dropout = subset.tag_dropout = subset.tag_warmup = 0;
    subset.caption_dropout_epochs = 0;
    return subset;
}

}  // namespace lorikeet::data
