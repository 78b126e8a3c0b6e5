#include "widgets/caption_form.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "base/number.hpp"
#include "widgets/fold.hpp"

namespace lorikeet::widgets {

using studio::CaptionAction;
using Classes = std::vector<std::string>;

namespace {

// What an edit has besides its own name. An edit that may have tags is for all of them without.
struct FormRow {
    std::string_view word;  // that it is kept by
    CaptionAction action;
    const char* label;
    const char* tags = nullptr;  // the label of the first field; nullptr: it has none
    const char* by = nullptr;    // and of the second
    bool front = false, weight = false, creates = false, to_front = false;
};

constexpr FormRow kRows[] = {
    {"trigger", CaptionAction::Trigger, "Put the trigger in front", "Trigger", nullptr, false, false, true},
    {"add", CaptionAction::Add, "Add tags", "Tags", nullptr, true, false, true},
    {"remove", CaptionAction::Remove, "Remove tags", "Tags"},
    {"replace", CaptionAction::Replace, "Replace tags", "Tags", "Tags in their place"},
    {"to-front", CaptionAction::Move, "Move tags to the front", "Tags", nullptr, false, false, false, true},
    {"to-end", CaptionAction::Move, "Move tags to the end", "Tags"},
    {"dedupe", CaptionAction::Dedupe, "Remove tags that are there twice"},
    {"sort", CaptionAction::Sort, "Sort tags", "Tags that stay in their places"},
    {"emphasise", CaptionAction::Emphasise, "Give tags a weight", "Tags", nullptr, false, true},
    {"plain", CaptionAction::Plain, "Take weights away", "Tags (empty: all)"},
    {"blanks", CaptionAction::Blanks, "Blanks for underscores"},
    {"underscores", CaptionAction::Underscores, "Underscores for blanks"},
    {"prefix", CaptionAction::Prefix, "Write a text in front", "Text", nullptr, false, false, true},
    {"suffix", CaptionAction::Suffix, "Write a text behind", "Text", nullptr, false, false, true},
    {"find", CaptionAction::Find, "Find and replace text", "Text to find", "Text in its place"},
    {"pattern", CaptionAction::FindPattern, "Find and replace by a pattern", "Regular expression",
     "Text in its place"},
};

bool takes_text(CaptionAction action) {
    return action == CaptionAction::Prefix || action == CaptionAction::Suffix ||
           action == CaptionAction::Find || action == CaptionAction::FindPattern;
}

const FormRow& row_of(const Dropdown& actions) {
    return kRows[static_cast<std::size_t>(std::max(0, actions.index()))];
}

std::vector<std::string> labels() {
    std::vector<std::string> all;
    for (const auto& row : kRows) all.emplace_back(row.label);
    return all;
}

constexpr const char* kUsualWeight = "1.1";
constexpr std::string_view kAction = "bulk.action", kTags = "bulk.tags", kBy = "bulk.by", kOnly = "bulk.only",
                           kFront = "bulk.front", kCreate = "bulk.create", kWeight = "bulk.weight";

}  // namespace

CaptionForm::CaptionForm(SharedStyles& styles) {
    Children all;
    const auto text = [&](const char* label, const std::string& within) {
        auto& field = put<Text>(all, styles, ControlText{label, {}, {"lk-input", "lk-wide"}}, within);
        field.on_change = [this] { changed(); };
        return &field;
    };
    const auto check = [&](const char* label, const char* what) {
        auto& box = put<Checkbox>(all, styles, ControlText{label, what, {"lk-input"}});
        box.on_change = [this] { changed(); };
        return &box;
    };
    actions_ = &put<Dropdown>(all, styles, ControlText{"Change many captions", {}, {"lk-input", "lk-wide"}},
                              labels());
    actions_->on_change = [this] {
        const auto action = row_of(*actions_).action;
        const bool keeps_trigger = action == CaptionAction::Trigger || action == CaptionAction::Sort;
        if (keeps_trigger && tags_->value().empty()) tags_->write(trigger_);
        show_fields();
        changed();
    };
    tags_ = text("Tags", "with commas between; of tags, * stands for anything");
    by_ = text("In their place", "");
    weight_ =
        &put<Text>(all, styles, ControlText{"Weight (0.1 to 3; 1 is none)", {}, {"lk-input", "lk-narrow"}});
    weight_->write(kUsualWeight);
    weight_->on_change = [this] { changed(); };
    front_ = check("In front", "Before the other tags, not behind them");
    Children which;
    std::swap(all, which);  // the two below go into a fold
    create_ = check("Also for images without a caption", "They get one");
    only_ = text("Only captions with these tags", "empty: all captions");
    std::swap(all, which);
    put<Fold>(all, styles, "Which captions", std::move(which));
    box_ = std::make_unique<Box>(styles, Box::Way::Down, std::move(all), Classes{"lk-group"});
    show_fields();
}

std::unique_ptr<Control> CaptionForm::take_control() { return std::move(box_); }

void CaptionForm::show_fields() {
    const auto& row = row_of(*actions_);
    const auto shown = [](bool is_shown) { return is_shown ? Shown::Yes : Shown::No; };
    tags_->show(shown(row.tags != nullptr));
    if (row.tags != nullptr) tags_->set_label(row.tags);
    by_->show(shown(row.by != nullptr));
    if (row.by != nullptr) by_->set_label(row.by);
    front_->show(shown(row.front));
    weight_->show(shown(row.weight));
    create_->show(shown(row.creates));
}

void CaptionForm::changed() {
    if (on_change) on_change();
}

studio::CaptionEdit CaptionForm::edit() const {
    const auto& row = row_of(*actions_);
    studio::CaptionEdit edit;
    edit.action = row.action;
    if (row.tags != nullptr && takes_text(row.action)) edit.text = tags_->value();
    if (row.tags != nullptr && !takes_text(row.action)) edit.tags = studio::tags_typed(tags_->value());
    if (row.by != nullptr && takes_text(row.action)) edit.replacement = by_->value();
    if (row.by != nullptr && !takes_text(row.action)) edit.with = studio::tags_typed(by_->value());
    edit.in_front = row.to_front || (row.front && front_->value());
    if (row.weight)
        edit.weight = base::try_number(weight_->value()).value_or(std::numeric_limits<double>::quiet_NaN());
    edit.only_with = studio::tags_typed(only_->value());
    return edit;
}

bool CaptionForm::creates() const { return row_of(*actions_).creates && create_->value(); }

void CaptionForm::type(CaptionAction action, const std::string& tags) {
    const auto row = std::find_if(std::begin(kRows), std::end(kRows),
                                  [&](const FormRow& one) { return one.action == action; });
    actions_->write(static_cast<int>(row - std::begin(kRows)));
    tags_->write(tags);
    by_->write("");
    only_->write("");
    show_fields();
    changed();
}

Texts CaptionForm::texts() const {
    const auto yes = [](const Checkbox& box) { return box.value() ? std::string("yes") : std::string(); };
    return {{std::string(kAction), std::string(row_of(*actions_).word)},
            {std::string(kTags), tags_->value()},
            {std::string(kBy), by_->value()},
            {std::string(kOnly), only_->value()},
            {std::string(kFront), yes(*front_)},
            {std::string(kCreate), yes(*create_)},
            {std::string(kWeight), weight_->value()}};
}

void CaptionForm::write(const Texts& texts) {
    const auto of = [&](std::string_view key) {
        const auto at = texts.find(key);
        return at == texts.end() ? std::string() : at->second;
    };
    for (std::size_t i = 0; i < std::size(kRows); ++i)
        if (kRows[i].word == of(kAction)) actions_->write(static_cast<int>(i));
    tags_->write(of(kTags));
    by_->write(of(kBy));
    only_->write(of(kOnly));
    front_->write(of(kFront) == "yes");
    create_->write(of(kCreate) == "yes");
    if (!of(kWeight).empty()) weight_->write(of(kWeight));
    show_fields();
}

}  // namespace lorikeet::widgets
