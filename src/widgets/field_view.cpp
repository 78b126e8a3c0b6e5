#include "widgets/field_view.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "settings/typed_paths.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using settings::Field;
using settings::Kind;
using settings::Range;

namespace {

// A slider helps where its whole way is of use: not for numbers that span decades, nor for thousands of steps.
std::optional<Slider::Scale> scale_of(const Field& field) {
    const auto& range = field.range;
    if (!std::isfinite(range.least) || !std::isfinite(range.most) || field.type->optional)
        return std::nullopt;
    if (range.low == Range::Edge::Excluded) return std::nullopt;
    const double way = range.most - range.least;
    if (field.type->kind == Kind::Whole) {
        const auto step = static_cast<double>(range.multiple_of);
        if (way / step > 100) return std::nullopt;
        return Slider::Scale{range.least, range.most, step, true};
    }
    if (field.type->kind != Kind::Number) return std::nullopt;
    if (range.most <= 1) {
        const double most = range.high == Range::Edge::Excluded ? range.most - 0.01 : range.most;
        return Slider::Scale{range.least, most, 0.01, false};
    }
    if (range.least >= 1 && way <= 100) return Slider::Scale{range.least, range.most, 0.5, false};
    return std::nullopt;
}

std::string_view width_of(Kind kind) {
    switch (kind) {
        case Kind::Text:
        case Kind::Texts: return "lk-wide";
        default: return "lk-narrow";
    }
}

// A checkbox knows no third way.
bool is_open_flag(const Field& field) { return field.type->kind == Kind::Flag && field.type->optional; }

std::vector<std::string> words_of(const Field& field) {
    if (is_open_flag(field)) return {"", "true", "false"};
    std::vector<std::string> words;
    if (field.type->choices == nullptr) return words;
    if (field.type->optional) words.emplace_back();  // unset
    for (const auto& choice : field.type->choices()) words.emplace_back(choice.word);
    return words;
}

// The same for people: an empty word is told by what it means.
std::vector<std::string> shown_words(const Field& field) {
    auto words = words_of(field);
    for (auto& word : words) {
        if (word.empty()) word = fmt::format("({})", field.unset);
        if (is_open_flag(field) && (word == "true" || word == "false")) word = word == "true" ? "on" : "off";
    }
    return words;
}

// Base models are files; taggers and captioners ("model") are folders, as is all else that is named.
studio::PathKind kind_of_path(const Field& field) {
    return field.key.ends_with("folder") || field.key == "model" ? studio::PathKind::Folder
                                                                 : studio::PathKind::ModelFile;
}

std::optional<double> number_of(const std::string& text) {
    const auto trimmed = base::trim(text);
    double number = 0;
    const auto [end, error] = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), number);
    if (error != std::errc() || end != trimmed.data() + trimmed.size() || !std::isfinite(number)) return {};
    return number;
}

}  // namespace

struct FieldView::Parts {
    Children children;
    Control* input = nullptr;
    Slider* slider = nullptr;
    PathPicker* picker = nullptr;
    Html* note = nullptr;
};

FieldView::Parts FieldView::make(SharedStyles& styles, const Field& field) {
    Parts parts;
    const ControlText text{label_of(field), {}, {"lk-input", std::string(width_of(field.type->kind))}};
    const auto within = field.type->optional ? std::string(field.unset) : std::string();
    if (field.type->kind == Kind::Flag && !field.type->optional) {
        parts.input = &put<Checkbox>(parts.children, styles, text);
    } else if (field.type->kind == Kind::Choice || is_open_flag(field)) {
        parts.input = &put<Dropdown>(parts.children, styles, text, shown_words(field));
    } else if (const auto scale = scale_of(field)) {
        Children row;
        parts.input = &put<Text>(row, styles, text, within);
        parts.slider = &put<Slider>(row, styles, ControlText{{}, label_of(field), {"lk-slider"}}, *scale);
        parts.slider->skip_by_keyboard();  // the typed field beside it does the same
        put<Box>(parts.children, styles, Box::Way::Across, std::move(row),
                 std::vector<std::string>{"lk-row"});
    } else if (settings::is_path(field)) {
        auto path = std::make_unique<Text>(styles, text, within);
        parts.input = path.get();
        auto row = with_picker(styles, std::move(path), kind_of_path(field), label_of(field));
        parts.picker = dynamic_cast<PathPicker*>(row->children().back().get());
        parts.children.push_back(std::move(row));
    } else {
        parts.input = &put<Text>(parts.children, styles, text, within);
    }
    parts.note = &put<Html>(parts.children, styles, note_of(field, ""), std::vector<std::string>{"lk-note"});
    return parts;
}

FieldView::FieldView(SharedStyles& styles, const Field& field, std::string path)
    : FieldView(styles, field, std::move(path), make(styles, field)) {}

FieldView::FieldView(SharedStyles& styles, const Field& field, std::string path, Parts parts)
    : Box(styles, Way::Down, std::move(parts.children), {"lk-field"}),
      styles_(styles),
      field_(field),
      path_(std::move(path)),
      input_(parts.input),
      slider_(parts.slider),
      picker_(parts.picker),
      note_(parts.note),
      words_(words_of(field)) {
    listen();
}

void FieldView::listen() {
    if (auto* box = dynamic_cast<Checkbox*>(input_)) box->on_change = [this] { told(); };
    if (auto* list = dynamic_cast<Dropdown*>(input_)) list->on_change = [this] { told(); };
    if (auto* typed = dynamic_cast<Text*>(input_)) {
        typed->on_change = [this, typed] {
            if (const auto number = number_of(typed->value()); number && slider_ != nullptr)
                slider_->write(*number);
            told();
        };
        if (slider_ != nullptr)
            slider_->on_change = [this, typed] {
                // Steps of a hundredth add up to 0.30000000000000004; nobody typed that.
                typed->write(fmt::format("{}", std::round(slider_->value() * 1e6) / 1e6));
                told();
            };
    }
}

void FieldView::told() {
    if (on_typed) on_typed(text());
}

std::string FieldView::text() const {
    if (const auto* box = dynamic_cast<const Checkbox*>(input_)) return box->value() ? "true" : "false";
    if (const auto* list = dynamic_cast<const Dropdown*>(input_))
        return list->index() < 0 ? std::string() : words_.at(static_cast<std::size_t>(list->index()));
    return static_cast<const Text*>(input_)->value();
}

void FieldView::write(const std::string& text) {
    if (auto* box = dynamic_cast<Checkbox*>(input_)) {
        box->write(text == "true");
    } else if (auto* list = dynamic_cast<Dropdown*>(input_)) {
        const auto at = std::find(words_.begin(), words_.end(), text);
        list->write(at == words_.end() ? -1 : static_cast<int>(at - words_.begin()));
    } else {
        static_cast<Text*>(input_)->write(text);
        if (const auto number = number_of(text); number && slider_ != nullptr) slider_->write(*number);
    }
}

void FieldView::say(const std::vector<Trouble>& troubles, const std::string& condition) {
    const auto usable = condition.empty() ? Enabled::Yes : Enabled::No;
    input_->enable(usable);
    if (slider_ != nullptr) slider_->enable(usable);
    if (picker_ != nullptr) picker_->enable(usable);
    std::string note;
    if (!condition.empty()) note += fmt::format("<br><span class=\"lk-hint\">{}</span>", escape(condition));
    bool wrong = false;
    for (const auto& trouble : troubles) {
        const auto* sort = trouble.missing ? "lk-needed lk-missing" : "lk-wrong";
        const auto* sign = trouble.missing ? "\u25cb" : "\u26a0";
        note += fmt::format("<div class=\"{}\"><span aria-hidden=\"true\">{}</span> {}</div>", sort, sign,
                            escape(words_for_page(trouble.what)));
        wrong = wrong || !trouble.missing;
    }
    // What is wrong stands in the place of what the field is for, so that little moves.
    note_->write(wrong ? note : note_of(field_, text()) + note);
    mark("lk-has-trouble", wrong);
    show_fixes(troubles);
}

void FieldView::show_fixes(const std::vector<Trouble>& troubles) {
    std::vector<std::string> labels;
    for (const auto& trouble : troubles)
        if (trouble.fix) labels.push_back(fix_label(*trouble.fix));
    if (labels == fixes_shown_) return;
    for (const auto* old : fix_buttons()) take(*old);
    fixes_shown_ = labels;
    for (const auto& trouble : troubles) {
        if (!trouble.fix) continue;
        append(std::make_unique<Button>(styles_, ControlText{fix_label(*trouble.fix), {}, {"lk-fix"}},
                                        "wrench", [this, fix = *trouble.fix] {
                                            if (on_fix) on_fix(fix);
                                        }));
    }
}

std::vector<Button*> FieldView::fix_buttons() const {
    std::vector<Button*> buttons;
    for (const auto& child : children())
        if (auto* button = dynamic_cast<Button*>(child.get())) buttons.push_back(button);
    return buttons;
}

}  // namespace lorikeet::widgets
