#include "widgets/section_form.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "settings/check.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using settings::Field;

namespace {

void* place_in_object(const Field& field, void* object) { return static_cast<char*>(object) + field.offset; }

Texts default_texts(const settings::Schema& schema) {
    Texts texts;
    for (const auto& field : schema.fields) texts[std::string(field.key)] = text_of(schema.default_of(field));
    return texts;
}

}  // namespace

SectionForm::SectionForm(SharedStyles& styles, const settings::Schema& schema, void* object)
    : schema_(schema), object_(object), texts_(default_texts(schema)) {
    for (const auto& field : schema.fields) {
        auto view = std::make_unique<FieldView>(styles, field, std::string(field.key));
        view->on_typed = [this, key = std::string(field.key)](const std::string& text) {
            texts_[key] = text;
            judge();
            if (on_change) on_change();
        };
        view->on_fix = [this](const settings::Assignment& fix) { type(fix.path, fix.text); };
        views_[view->path()] = view.get();
        made_[view->path()] = std::move(view);
    }
    write({});
}

std::unique_ptr<Control> SectionForm::take(std::string_view key) {
    const auto at = made_.find(key);
    base::expects(at != made_.end(), "a field was taken twice, or its setting is not there");
    auto view = std::move(at->second);
    made_.erase(at);
    return view;
}

Children SectionForm::take_rest() {
    Children rest;
    for (const auto& field : schema_.fields)
        if (made_.contains(field.key)) rest.push_back(take(field.key));
    return rest;
}

Texts SectionForm::kept() const {
    Texts kept;
    for (const auto& [key, text] : default_texts(schema_))
        if (texts_.at(key) != text) kept[key] = texts_.at(key);
    return kept;
}

void SectionForm::write(const Texts& texts) {
    for (auto& [key, text] : texts_ = default_texts(schema_))
        if (const auto given = texts.find(key); given != texts.end()) text = given->second;
    for (const auto& [key, view] : views_) view->write(texts_.at(key));
    judge();
}

void SectionForm::type(std::string_view key, const std::string& text) {
    const auto at = texts_.find(key);
    base::expects(at != texts_.end(), "a field was typed in whose setting is not there");
    at->second = text;
    field(key).write(text);
    judge();
    if (on_change) on_change();
}

std::string SectionForm::text(std::string_view key) const {
    const auto at = texts_.find(key);
    return at == texts_.end() ? std::string() : at->second;
}

FieldView& SectionForm::field(std::string_view key) const { return *views_.find(key)->second; }

void SectionForm::read_texts(std::vector<Trouble>& troubles) {
    for (const auto& field : schema_.fields) {
        const auto path = std::string(field.key);
        (void)field.type->set(place_in_object(field, object_), schema_.default_of(field));
        const auto applied = applied_text(field, texts_.at(path));
        const auto problem = settings::apply(schema_, object_, path, applied);
        if (!problem) continue;
        if (field.required && applied.empty())
            troubles.push_back({{path}, "Still to fill in.", {}, true});
        else
            troubles.push_back({{path}, words_for_problem(field, path, *problem), {}});
    }
}

// What is wrong with each field alone, then the rules that are about fields which are well by themselves.
void SectionForm::judge() {
    std::vector<Trouble> troubles;
    read_texts(troubles);
    const auto is_troubled = [&](const std::string& path) {
        return std::any_of(troubles.begin(), troubles.end(),
                           [&](const Trouble& trouble) { return trouble.paths.front() == path; });
    };
    for (const auto& finding : settings::findings(schema_, object_))
        if (std::none_of(finding.paths.begin(), finding.paths.end(), is_troubled))
            troubles.push_back({finding.paths, sentence(finding.what, finding.paths.front()), {}});
    troubled_.clear();
    for (const auto& field : schema_.fields) {
        std::vector<Trouble> mine;
        for (const auto& trouble : troubles)
            if (trouble.paths.front() == field.key) mine.push_back(trouble);
        const bool matters = in_force(field);
        if (matters && !mine.empty()) troubled_.emplace_back(field.key);
        this->field(field.key).say(matters ? mine : std::vector<Trouble>(),
                                   matters ? std::string() : condition_of(field.when));
    }
}

bool SectionForm::in_force(const Field& field) const {
    if (field.when.key.empty()) return true;
    const auto now = text(field.when.key);
    if (field.when.words.empty()) return !now.empty() && now != "false";
    return std::find(field.when.words.begin(), field.when.words.end(), now) != field.when.words.end();
}

std::string SectionForm::summary() const {
    if (troubled_.empty()) return {};
    std::vector<std::string> labels;
    for (const auto& key : troubled_) labels.push_back(title_of(key));
    return fmt::format("{} {} a look: {}.", base::counted(labels.size(), "field"),
                       labels.size() == 1 ? "needs" : "need", base::join(labels, ", "));
}

}  // namespace lorikeet::widgets
