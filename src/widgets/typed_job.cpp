#include "widgets/typed_job.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using settings::Field;
using settings::Job;
using settings::Kind;

namespace {

constexpr std::size_t kMostElements = 10000;

// A list of sections in a job, found by its path.
struct List {
    const Field* field;
    std::string path;
    char* at;
};

void find_lists(const settings::Schema& table, char* object, const std::string& path,
                std::vector<List>& found) {
    for (const auto& field : table.fields) {
        const auto here = settings::join_path(path, field.key);
        if (field.type->kind == Kind::Section)
            find_lists(field.type->schema(), object + field.offset, here, found);
        else if (field.type->kind == Kind::Sections)
            found.push_back({&field, here, object + field.offset});
    }
}

std::vector<List> lists_of(Job& job) {
    std::vector<List> found;
    find_lists(settings::schema<Job>(), reinterpret_cast<char*>(&job), "", found);
    return found;
}

// "data.subsets.3.folder" of "data.subsets": 3 and "folder". Nothing for another path.
struct Place {
    std::size_t index;
    std::string key;
};
std::optional<Place> place_in(std::string_view list, std::string_view path) {
    if (path.size() <= list.size() + 1 || !path.starts_with(list) || path[list.size()] != '.') return {};
    const auto rest = path.substr(list.size() + 1);
    const auto dot = rest.find('.');
    if (dot == std::string_view::npos) return {};
    Place place{0, std::string(rest.substr(dot + 1))};
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + dot, place.index);
    if (error != std::errc() || end != rest.data() + dot || place.index >= kMostElements) return {};
    return place;
}

bool overlaps(const std::vector<std::string>& paths, const std::vector<Trouble>& troubles) {
    return std::any_of(troubles.begin(), troubles.end(), [&](const Trouble& trouble) {
        return std::find_first_of(paths.begin(), paths.end(), trouble.paths.begin(), trouble.paths.end()) !=
               paths.end();
    });
}

bool is_about(const settings::Rule& rule, const std::string& section, const settings::WrongSetting& finding) {
    if (rule.why != finding.what || rule.keys.size() != finding.paths.size()) return false;
    for (std::size_t i = 0; i < rule.keys.size(); ++i)
        if (settings::join_path(section, rule.keys[i]) != finding.paths[i]) return false;
    return true;
}

// What fixes a broken rule: the rule is found again in the sections above its first setting.
std::optional<settings::Assignment> fix_of(const settings::WrongSetting& finding) {
    const auto* table = &settings::schema<Job>();
    std::string section;
    for (const auto& key : base::split(finding.paths.front(), ".")) {
        for (const auto& rule : table->rules)
            if (is_about(rule, section, finding))
                return settings::Assignment{settings::join_path(section, rule.fix.key),
                                            std::string(rule.fix.text)};
        section = settings::join_path(section, key);
        const auto* field = table->find(key);  // none for the number of an element
        if (field != nullptr && field->is_section()) table = &field->type->schema();
    }
    return std::nullopt;
}

Texts texts_from(const Job& job) {
    Texts texts;
    for (const auto& leaf : settings::leaves(settings::schema<Job>(), &job))
        texts[leaf.path] = text_of(leaf.get());
    return texts;
}

}  // namespace

TypedJob::TypedJob(std::set<std::string> pinned) : pinned_(std::move(pinned)) { write(Texts{}); }

std::string TypedJob::text(std::string_view path) const {
    const auto at = texts_.find(path);
    return at == texts_.end() ? std::string() : at->second;
}

Texts TypedJob::kept() const {
    const auto fresh = texts_from(Job{});
    Texts kept;
    for (const auto& [path, text] : texts_) {
        const auto at = fresh.find(path);
        if (at == fresh.end() || at->second != text) kept[path] = text;
    }
    return kept;
}

void TypedJob::write(const Texts& texts) {
    Job job;
    for (const auto& list : lists_of(job)) {
        std::size_t count = pinned_.contains(list.path) ? 1 : 0;
        for (const auto& [path, text] : texts)
            if (const auto place = place_in(list.path, path)) count = std::max(count, place->index + 1);
        list.field->type->resize(list.at, count);
    }
    texts_ = texts_from(job);
    for (auto& [path, text] : texts_)
        if (const auto given = texts.find(path); given != texts.end()) text = given->second;
    removed_.reset();
    judge();
}

void TypedJob::write(const Job& job) { write(texts_from(job)); }

void TypedJob::type(std::string_view path, const std::string& text) {
    const auto at = texts_.find(path);
    base::expects(at != texts_.end(), "a field was typed in whose setting is not there");
    at->second = text;
    judge();
}

// ---- Lists

std::vector<Texts> TypedJob::elements(const std::string& list) const {
    std::vector<Texts> all;
    for (const auto& [path, text] : texts_) {
        const auto place = place_in(list, path);
        if (!place) continue;
        if (all.size() <= place->index) all.resize(place->index + 1);
        all[place->index][place->key] = text;
    }
    return all;
}

void TypedJob::set_elements(const std::string& list, const std::vector<Texts>& elements) {
    auto texts = texts_;
    std::erase_if(texts, [&](const auto& item) { return place_in(list, item.first).has_value(); });
    for (std::size_t i = 0; i < elements.size(); ++i)
        for (const auto& [key, text] : elements[i]) texts[fmt::format("{}.{}.{}", list, i, key)] = text;
    const auto removed = removed_;
    write(texts);
    removed_ = removed;
}

std::size_t TypedJob::count(std::string_view list) const { return elements(std::string(list)).size(); }

void TypedJob::add(const std::string& list) {
    auto all = elements(list);
    const auto* field = find_field(list);
    base::expects(field != nullptr && field->type->kind == Kind::Sections,
                  "no list of sections has this path");
    Texts fresh;
    const auto& table = field->type->schema();
    for (const auto& leaf : settings::leaves(table, table.fresh)) fresh[leaf.path] = text_of(leaf.get());
    all.push_back(std::move(fresh));
    set_elements(list, all);
}

void TypedJob::remove(const std::string& list, std::size_t index) {
    auto all = elements(list);
    if (index >= all.size()) return;
    removed_ = Removed{list, index, all[index]};
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(index));
    set_elements(list, all);
}

void TypedJob::undo() {
    if (!removed_) return;
    auto all = elements(removed_->list);
    const auto at = std::min(removed_->index, all.size());
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(at), removed_->element);
    const auto list = removed_->list;
    removed_.reset();
    set_elements(list, all);
}

// ---- What follows from the texts

void TypedJob::judge() {
    troubles_.clear();
    take_texts();
    follow_rules();
    std::erase_if(troubles_, [&](const Trouble& trouble) {
        return std::none_of(trouble.paths.begin(), trouble.paths.end(),
                            [&](const auto& path) { return settings::in_force(job_, path); });
    });
}

void TypedJob::take_texts() {
    Job job;
    for (const auto& list : lists_of(job)) list.field->type->resize(list.at, count(list.path));
    for (const auto& [path, text] : texts_) {
        const auto* field = find_field(path);
        const auto applied = applied_text(*field, text);
        const auto problem = settings::apply(job, path, applied);
        if (!problem) continue;
        if (field->required && applied.empty())
            troubles_.push_back({{path}, "Still to fill in.", {}, true});
        else
            troubles_.push_back({{path}, words_for_problem(*field, path, *problem), {}});
    }
    job_ = std::move(job);
}

// A rule is asked only where each of its settings is well by itself: it would judge a default that nobody chose.
void TypedJob::follow_rules() {
    std::vector<Trouble> broken;
    for (const auto& finding : settings::findings(job_)) {
        if (overlaps(finding.paths, troubles_)) continue;
        broken.push_back({finding.paths, sentence(finding.what, finding.paths.front()), fix_of(finding)});
    }
    troubles_.insert(troubles_.end(), broken.begin(), broken.end());
}

}  // namespace lorikeet::widgets
