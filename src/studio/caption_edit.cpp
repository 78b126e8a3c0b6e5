#include "studio/caption_edit.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <re2/re2.h>

#include "base/error.hpp"
#include "base/tag_syntax.hpp"
#include "base/text.hpp"
#include "data/caption.hpp"
#include "studio/caption_text.hpp"

namespace lorikeet::studio {

namespace {

using Parts = std::vector<CaptionPart>;

constexpr auto matches = base::tag_matches;

// Which parts are among the wanted tags.
class Wanted {
  public:
    explicit Wanted(const std::vector<std::string>& tags) {
        for (const auto& tag : tags) keys_.push_back(tag_key(tag));
    }
    bool has(const CaptionPart& part) const { return place_of(part) < keys_.size(); }
    // Of the first that fits; their number for none.
    std::size_t place_of(const CaptionPart& part) const {
        const auto key = tag_key(part.text);
        // A sentence is meant only by all of its words.
        const auto fits = [&](const std::string& one) {
            return part.is_sentence ? one == key : matches(one, key);
        };
        return static_cast<std::size_t>(std::find_if(keys_.begin(), keys_.end(), fits) - keys_.begin());
    }
    // All of them, or any, are among the parts of these lines.
    bool are_in(const std::vector<CaptionLine>& lines, bool any) const {
        std::vector<char> found(keys_.size(), 0);
        for (const auto& line : lines)
            for (const auto& part : line.parts)
                for (std::size_t i = 0; i < keys_.size(); ++i)
                    if (!part.is_sentence && matches(keys_[i], tag_key(part.text))) found[i] = 1;
        const auto count = std::count(found.begin(), found.end(), 1);
        return any ? count > 0 : count == static_cast<std::ptrdiff_t>(found.size());
    }

  private:
    std::vector<std::string> keys_;
};

Parts parts_from(const std::vector<std::string>& tags) {
    Parts parts;
    for (const auto& tag : tags) parts.push_back({tag, false});
    return parts;
}

Parts without(Parts parts, const Wanted& wanted) {
    std::erase_if(parts, [&](const CaptionPart& part) { return wanted.has(part); });
    return parts;
}

void put(Parts& parts, const Parts& more, bool in_front) {
    parts.insert(in_front ? parts.begin() : parts.end(), more.begin(), more.end());
}

void add(Parts& parts, const CaptionEdit& edit) {
    Parts missing;
    for (const auto& tag : edit.tags) {
        const Wanted one({tag});
        const auto is_it = [&](const CaptionPart& part) { return one.has(part); };
        if (std::none_of(parts.begin(), parts.end(), is_it) &&
            std::none_of(missing.begin(), missing.end(), is_it))
            missing.push_back({tag, false});
    }
    put(parts, missing, edit.in_front);
}

void move(Parts& parts, const CaptionEdit& edit) {
    const Wanted wanted(edit.tags);
    Parts moved;
    for (const auto& part : parts)
        if (wanted.has(part)) moved.push_back(part);
    std::stable_sort(moved.begin(), moved.end(),
                     [&](const auto& a, const auto& b) { return wanted.place_of(a) < wanted.place_of(b); });
    parts = without(std::move(parts), wanted);
    put(parts, moved, edit.in_front);
}

void replace(Parts& parts, const CaptionEdit& edit) {
    const Wanted wanted(edit.tags);
    const auto first =
        std::find_if(parts.begin(), parts.end(), [&](const auto& part) { return wanted.has(part); });
    if (first == parts.end()) return;
    auto place = static_cast<std::ptrdiff_t>(first - parts.begin());
    parts = without(std::move(parts), wanted);
    for (const auto& tag : edit.with) {
        const Wanted one({tag});
        if (std::any_of(parts.begin(), parts.end(), [&](const auto& part) { return one.has(part); }))
            continue;
        parts.insert(parts.begin() + place++, {tag, false});
    }
}

void dedupe(Parts& parts) {
    std::set<std::string> seen;
    std::erase_if(parts, [&](const CaptionPart& part) {
        return !seen.insert(part.is_sentence ? part.text : tag_key(part.text)).second;
    });
}

void sort(Parts& parts, const CaptionEdit& edit) {
    const Wanted kept(edit.tags);
    const auto moves = [&](const CaptionPart& part) { return !part.is_sentence && !kept.has(part); };
    Parts sorted;
    std::copy_if(parts.begin(), parts.end(), std::back_inserter(sorted), moves);
    std::stable_sort(sorted.begin(), sorted.end(),
                     [](const auto& a, const auto& b) { return tag_key(a.text) < tag_key(b.text); });
    auto next = sorted.begin();
    for (auto& part : parts)
        if (moves(part)) part = *next++;
}

// Blanks behind a comma part the tags of one bracket: "(a b, c:1.2)" -> "(a_b, c:1.2)".
void write_underscores(std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == ' ' && (i == 0 || text[i - 1] != ',')) text[i] = '_';
}

void change_tags(Parts& parts, const CaptionEdit& edit) {
    const Wanted wanted(edit.tags);
    for (auto& part : parts) {
        if (part.is_sentence || (!edit.tags.empty() && !wanted.has(part))) continue;
        if (edit.action == CaptionAction::Emphasise)
            part.text = fmt::format("({}:{:g})", without_emphasis(part.text), edit.weight);
        if (edit.action == CaptionAction::Plain) part.text = without_emphasis(part.text);
        // <lora:name_v2:1> is the name of a file.
        if (part.text.starts_with('<') || is_face(without_emphasis(part.text))) continue;
        if (edit.action == CaptionAction::Blanks) std::replace(part.text.begin(), part.text.end(), '_', ' ');
        if (edit.action == CaptionAction::Underscores) write_underscores(part.text);
    }
}

void edit_parts(CaptionText& caption, const CaptionEdit& edit) {
    auto& first = caption.line_with_text().parts;
    switch (edit.action) {
        case CaptionAction::Trigger:
            for (auto& line : caption.lines) line.parts = without(std::move(line.parts), Wanted(edit.tags));
            put(first, parts_from(edit.tags), true);
            break;
        case CaptionAction::Add: add(first, edit); break;
        case CaptionAction::Remove:
            for (auto& line : caption.lines) line.parts = without(std::move(line.parts), Wanted(edit.tags));
            break;
        case CaptionAction::Replace:
            for (auto& line : caption.lines) replace(line.parts, edit);
            break;
        case CaptionAction::Move:
            for (auto& line : caption.lines) move(line.parts, edit);
            break;
        case CaptionAction::Dedupe:
            for (auto& line : caption.lines) dedupe(line.parts);
            break;
        case CaptionAction::Sort:
            for (auto& line : caption.lines) sort(line.parts, edit);
            break;
        default:
            for (auto& line : caption.lines) change_tags(line.parts, edit);
    }
}

// Letters as they stand, in the first line's own place.
std::string with_text(CaptionText caption, const CaptionEdit& edit) {
    auto& line = caption.line_with_text();
    line.raw = edit.action == CaptionAction::Prefix ? edit.text + line.raw : line.raw + edit.text;
    line.parts = line.parts_as_read;
    return caption.bytes();
}

std::string found_and_replaced(const std::string& bytes, const CaptionEdit& edit) {
    if (edit.action == CaptionAction::Find) return base::replace_all(bytes, edit.text, edit.replacement);
    auto text = bytes;
    RE2::GlobalReplace(&text, edit.text, edit.replacement);
    return text;
}

[[noreturn]] void refuse(const std::string& what, const std::string& hint) {
    base::fail(base::ErrorCode::InvalidInput, what, hint);
}

}  // namespace

std::vector<std::string> tags_typed(std::string_view text) {
    std::vector<std::string> tags;
    for (auto& part : caption_parts(text)) tags.push_back(std::move(part.text));
    return tags;
}

void check_edit(const CaptionEdit& edit) {
    using enum CaptionAction;
    const bool needs_tags = edit.action == Trigger || edit.action == Add || edit.action == Remove ||
                            edit.action == Replace || edit.action == Move || edit.action == Emphasise;
    if (needs_tags && edit.tags.empty())
        refuse("No tag is named.", "Name one or several, with commas between.");
    const bool needs_text = edit.action == Prefix || edit.action == Suffix || edit.action == Find ||
                            edit.action == FindPattern;
    if (needs_text && edit.text.empty())
        refuse("No text is given.", "Write it behind the folder, in quotes.");
    if (edit.action == Emphasise && !(edit.weight >= 0.1 && edit.weight <= 3))
        refuse("The weight is out of range.", "Choose one from 0.1 to 3.");
    const auto breaks = [](const std::string& text) {
        return text.find_first_of("\r\n") != std::string::npos;
    };
    const bool is_found = edit.action == Find || edit.action == FindPattern;
    if (std::any_of(edit.with.begin(), edit.with.end(), breaks) ||
        std::any_of(edit.tags.begin(), edit.tags.end(), breaks) || (!is_found && breaks(edit.text)))
        refuse("There is a line break in what would be written.",
               "Training reads one line; write it without.");
    if (edit.action != FindPattern) return;
    const RE2 pattern(edit.text, RE2::Quiet);
    if (!pattern.ok())
        refuse(fmt::format("The regular expression is not valid: {}.", pattern.error()),
               "See https://github.com/google/re2/wiki/Syntax, or leave --pattern out to find the text as it "
               "is.");
    std::string trouble;
    if (!pattern.CheckRewriteString(edit.replacement, &trouble))
        refuse(fmt::format("The replacement does not fit the regular expression: {}.", trouble),
               "A backslash is written as two of them.");
}

std::string edit_caption(const std::string& bytes, const std::string& name, const CaptionEdit& edit) {
    if (const auto text = data::utf16_as_utf8(bytes)) {
        const auto edited = edit_caption(*text, name, edit);
        return edited == *text ? bytes : edited;
    }
    CaptionText caption(bytes, name);
    if (!edit.only_with.empty() && !Wanted(edit.only_with).are_in(caption.lines, edit.any)) return bytes;
    using enum CaptionAction;
    if (edit.action == Prefix || edit.action == Suffix) return with_text(std::move(caption), edit);
    if (edit.action == Find || edit.action == FindPattern) return found_and_replaced(bytes, edit);
    edit_parts(caption, edit);
    return caption.bytes();
}

}  // namespace lorikeet::studio
