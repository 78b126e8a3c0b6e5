#include "widgets/form.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "settings/check.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using settings::Field;
using settings::Kind;
using settings::Level;
using settings::Schema;

namespace {

const Schema& job_schema() { return settings::schema<settings::Job>(); }

// "data.subsets" of "data.subsets.0.folder": the lists that lead settings keep from becoming empty.
std::set<std::string> lists_above(const std::vector<std::string>& lead) {
    std::set<std::string> lists;
    for (const auto& path : lead)
        if (const auto at = path.find(".0."); at != std::string::npos) lists.insert(path.substr(0, at));
    return lists;
}

// Why a setting plays no part at present; empty when it does.
std::string condition_for(const settings::Job& job, const std::string& path) {
    if (settings::in_force(job, path)) return {};
    std::string above;
    for (const auto& key : base::split(path, ".")) {
        above = settings::join_path(above, key);
        const auto* field = find_field(above);
        if (field != nullptr && !field->when.key.empty() && !settings::in_force(job, above))
            return condition_of(field->when);
    }
    return {};
}

bool is_about(const Trouble& trouble, std::string_view path) {
    return std::find(trouble.paths.begin(), trouble.paths.end(), path) != trouble.paths.end();
}

}  // namespace

Form::Form(SharedStyles& styles, std::vector<std::string> lead, Rest rest)
    : styles_(styles), lead_(std::move(lead)), typed_(lists_above(lead_)) {
    for (const auto& path : lead_) {
        auto view = std::make_unique<FieldView>(styles_, *find_field(path), path);
        adopt(*view);
        lead_views_.emplace(path, std::move(view));
    }
    if (rest == Rest::BehindSwitch) make_rest();
    show_lists();
    show_all();
}

Form::~Form() = default;

bool Form::is_lead(std::string_view path) const {
    return std::find(lead_.begin(), lead_.end(), path) != lead_.end();
}

void Form::adopt(FieldView& view) {
    views_[view.path()] = &view;
    view.on_typed = [this, path = view.path()](const std::string& text) {
        typed_.type(path, text);
        changed();
    };
    view.on_fix = [this](const settings::Assignment& fix) { type(fix.path, fix.text); };
}

// ---- What is behind the switch

void Form::make_rest() {
    Children folds, all;
    Children often;
    collect(often, job_schema(), "", Level::Basic);
    make_fold(folds, std::move(often), {nullptr, "Most used", "", Level::Basic, false});
    for (const auto& section : job_schema().fields) make_section(folds, section, std::string(section.key));
    folds_.front().fold->open(Shown::Yes);
    switch_ = &put<Checkbox>(
        all, styles_, ControlText{"Show all settings", "What you typed stays, shown or not", {"lk-switch"}});
    switch_->on_change = [this] {
        behind_->show(switch_->value() ? Shown::Yes : Shown::No);
        if (on_change) on_change();
    };
    behind_ = &put<Box>(all, styles_, Box::Way::Down, std::move(folds),
                        std::vector<std::string>{"lk-behind", "lk-hidden"});
    rest_ =
        std::make_unique<Box>(styles_, Box::Way::Down, std::move(all), std::vector<std::string>{"lk-rest"});
}

// The settings of one level that no list holds, with those of the sections inside.
void Form::collect(Children& fields, const Schema& table, const std::string& path, Level level) {
    for (const auto& field : table.fields) {
        const auto here = settings::join_path(path, field.key);
        if (field.type->kind == Kind::Section) {
            collect(fields, field.type->schema(), here, level);
        } else if (field.type->kind != Kind::Sections && field.level == level && !is_lead(here)) {
            auto& view = put<FieldView>(fields, styles_, field, here);
            view.input().set_tooltip(full_label(here));
            // Away from their section, "Steps" and "Every so many steps" could be of anything.
            if (level == Level::Basic) view.input().set_label(full_label_with_unit(here));
            adopt(view);
        }
    }
}

void Form::make_section(Children& folds, const Field& section, const std::string& path) {
    Children fields;
    put<Html>(fields, styles_, escape(section.type->schema().what), std::vector<std::string>{"lk-note"});
    collect(fields, section.type->schema(), path, Level::Advanced);
    if (fields.size() > 1)
        make_fold(folds, std::move(fields), {nullptr, title_of(section.key), path, Level::Advanced, false});
    for (const auto& field : section.type->schema().fields) {
        if (field.type->kind != Kind::Sections) continue;
        const auto here = settings::join_path(path, field.key);
        Children list;
        list.push_back(make_list(field, here));
        make_fold(folds, std::move(list), {nullptr, title_of(field.key), here, Level::Advanced, true});
    }
}

void Form::make_fold(Children& folds, Children fields, FoldedSettings part) {
    part.fold = &put<Fold>(folds, styles_, part.title, std::move(fields));
    folds_.push_back(std::move(part));
}

bool Form::holds(const FoldedSettings& part, const std::string& path) const {
    if (is_lead(path)) return false;
    const bool below = part.prefix.empty() || path == part.prefix || path.starts_with(part.prefix + ".");
    const bool in_list = std::any_of(lists_.begin(), lists_.end(), [&](const auto* list) {
        return path == list->path() || path.starts_with(list->path() + ".");
    });
    if (part.list || in_list) return below && part.list;
    return below && find_field(path)->level == part.level;
}

std::unique_ptr<Control> Form::make_list(const Field& field, const std::string& path) {
    auto list =
        std::make_unique<ListView>(styles_, field, path, std::set<std::string>(lead_.begin(), lead_.end()));
    list->on_made = [this](FieldView& view) { adopt(view); };
    list->on_add = [this, path] {
        typed_.add(path);
        show_lists();
        changed();
    };
    list->on_remove = [this, path](std::size_t index) {
        typed_.remove(path, index);
        show_lists();
        changed();
    };
    list->on_undo = [this] {
        typed_.undo();
        show_lists();
        changed();
    };
    lists_.push_back(list.get());
    return list;
}

void Form::show_lists() {
    for (auto* list : lists_) {
        std::erase_if(views_, [&](const auto& item) {
            return item.first.starts_with(list->path() + ".") && !is_lead(item.first);
        });
        list->show_elements(typed_.count(list->path()), typed_.can_undo(list->path()));
    }
}

// ---- What is said

void Form::show_all() {
    const auto troubles = all_troubles();
    for (const auto& [path, view] : views_) {
        view->write(typed_.text(path));
        std::vector<Trouble> own;
        for (const auto& trouble : troubles)
            if (is_about(trouble, path)) own.push_back(trouble);
        view->say(own, condition_for(typed_.job(), path));
    }
    for (auto* list : lists_) {
        std::vector<Trouble> own;
        for (const auto& trouble : troubles)
            if (is_about(trouble, list->path())) own.push_back(trouble);
        list->say(own);
    }
    show_folds();
}

// Trouble inside a fold is told on its title too, open or not.
void Form::show_folds() {
    const auto troubles = all_troubles();
    for (const auto& part : folds_) {
        const auto count = std::count_if(troubles.begin(), troubles.end(), [&](const Trouble& trouble) {
            return !trouble.missing && std::any_of(trouble.paths.begin(), trouble.paths.end(),
                                                   [&](const auto& path) { return holds(part, path); });
        });
        part.fold->set_title(count == 0 ? part.title
                                        : fmt::format("{} \u2013 {} to look at", part.title, count));
    }
}

void Form::changed() {
    show_all();
    if (on_change) on_change();
}

void Form::write(const Texts& texts) {
    typed_.write(texts);
    show_lists();
    show_all();
}

void Form::write(const settings::Job& job) {
    typed_.write(job);
    show_lists();
    show_all();
}

void Form::type(std::string_view path, const std::string& text) {
    typed_.type(path, text);
    changed();
}

bool Form::is_open() const { return switch_ != nullptr && switch_->value(); }

void Form::open(Shown shown) {
    if (switch_ == nullptr) return;
    switch_->write(shown == Shown::Yes);
    behind_->show(shown);
}

void Form::set_found(std::vector<Trouble> found) {
    found_ = std::move(found);
    show_all();
}

// A setting that is wrong by itself is not judged by what it names too.
std::vector<Trouble> Form::all_troubles() const {
    auto all = typed_.troubles();
    for (const auto& trouble : found_) {
        const bool told = std::any_of(trouble.paths.begin(), trouble.paths.end(), [&](const auto& path) {
            return std::any_of(typed_.troubles().begin(), typed_.troubles().end(),
                               [&](const Trouble& own) { return is_about(own, path); });
        });
        if (!told) all.push_back(trouble);
    }
    return all;
}

std::vector<Trouble> Form::troubles() const {
    std::vector<Trouble> own;
    for (const auto& trouble : all_troubles()) {
        const bool here = std::any_of(trouble.paths.begin(), trouble.paths.end(), [&](const auto& path) {
            return views_.contains(path) || std::any_of(lists_.begin(), lists_.end(), [&](const auto* list) {
                       return list->path() == path;
                   });
        });
        if (here) own.push_back(trouble);
    }
    return own;
}

std::string Form::summary() const {
    std::vector<std::string> names;
    const auto own = troubles();
    for (const auto& trouble : own) {
        const auto name = full_label(trouble.paths.front());
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
    if (names.empty()) return {};
    const bool missing = std::all_of(own.begin(), own.end(), [](const Trouble& one) { return one.missing; });
    return fmt::format("{}: {}.", missing ? "Still to fill in" : "Please check", base::join(names, ", "));
}

FieldView* Form::find(std::string_view path) const {
    const auto at = views_.find(path);
    return at == views_.end() ? nullptr : at->second;
}

std::vector<std::string> Form::paths() const {
    std::vector<std::string> all;
    for (const auto& [path, view] : views_) all.push_back(path);
    return all;
}

std::unique_ptr<Control> Form::take_lead(std::string_view path) {
    const auto at = lead_views_.find(path);
    return at == lead_views_.end() ? nullptr : std::move(at->second);
}

std::unique_ptr<Control> Form::take_rest() { return std::move(rest_); }

}  // namespace lorikeet::widgets
