#include "settings/page.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "settings/captioning.hpp"
#include "settings/tagging.hpp"
#include "settings/toml.hpp"

namespace lorikeet::settings {

namespace {

constexpr std::string_view kIntroduction = R"(# Settings

<!-- Made by `lorikeet settings > docs/settings.md`; change src/settings/*.cpp instead. -->

A job is a TOML file. Whatever it leaves out has the default written here; `lorikeet settings --example` prints
a file with everything in it. On the command line each setting is an option of its name (`--optim.lr 1e-4`) or
`--set optim.lr=1e-4`, and wins over the file. Elements of lists count from 0: `--set data.subsets.0.repeats=4`.

Some settings may be left open: their default is *unset*, or a file says `"unset"`. Relative files and folders are looked
for from the folder the program is started in. Settings marked *speed* leave the trained result as it is (train.threads: to rounding);
settings marked *record* concern what is kept and shown. Any other changes the result, so a run that is resumed
keeps it.

)";

std::string kind_word(const Field& field) {
    switch (field.type->kind) {
        case Kind::Flag: return "true or false";
        case Kind::Whole: return "whole number";
        case Kind::Number: return "number";
        case Kind::Text: return "text";
        case Kind::Choice: return "choice";
        case Kind::Wholes: return "whole numbers";
        case Kind::Numbers: return "numbers";
        case Kind::Texts: return "texts";
        case Kind::Section:
        case Kind::Sections: break;
    }
    return "section";
}

std::string say_count(const Range& range) {
    if (range.longest == Range{}.longest) return {};
    if (range.fewest == range.longest) return fmt::format("; {} of them", range.fewest);
    return fmt::format("; {} to {} of them", range.fewest, range.longest);
}

std::string say_when(const When& when) {
    if (when.key.empty()) return {};
    if (when.words.empty()) return fmt::format(" Only with `{}`.", when.key);
    return fmt::format(" Only when `{}` is {}.", when.key, fmt::join(when.words, " or "));
}

std::string details(const Field& field) {
    std::string text = kind_word(field);
    if (!field.unit.empty()) text += fmt::format(" ({})", field.unit);
    if (const auto range = say_range(field); !range.empty()) text += ", " + range;
    text += say_count(field.range);
    if (field.effect == Effect::Speed) text += "; *speed*";
    if (field.effect == Effect::Record) text += "; *record*";
    return text;
}

std::string meaning(const Field& field) {
    std::string text(field.what);
    if (field.type->choices != nullptr)
        for (const auto& choice : field.type->choices())
            text += fmt::format(" `{}`: {}", choice.word, choice.what);
    if (!field.more.empty()) text += fmt::format(" Higher: {}.", field.more);
    if (!field.less.empty()) text += fmt::format(" Lower: {}.", field.less);
    if (field.type->optional) text += fmt::format(" Unset: {}.", field.unset);
    text += say_when(field.when);
    return base::replace_all(text, "|", "\\|");
}

std::string names_in_kohya(const Field& field) {
    std::vector<std::string> names;
    for (const auto& alias : field.kohya) names.push_back(fmt::format("`{}`", alias.name));
    return base::join(names, ", ");
}

std::string default_word(const Schema& table, const Field& field) {
    if (field.required && table.default_of(field) == Value(std::string())) return "*needed*";
    const auto value = table.default_of(field);
    return std::holds_alternative<std::monostate>(value) ? "*unset*" : fmt::format("`{}`", to_text(value));
}

void write_section(const Schema& table, const std::string& path, std::string_view heading,
                   std::string& page) {
    if (!path.empty()) {
        page += fmt::format("## {}\n\n{}\n\n", heading, table.what);
        page += "| Setting | Default | What it does | Kind | In sd-scripts |\n|---|---|---|---|---|\n";
        for (const auto& field : table.fields)
            if (!field.is_section())
                page += fmt::format("| `{}` | {} | {} | {} | {} |\n", field.key, default_word(table, field),
                                    meaning(field), details(field), names_in_kohya(field));
        page += '\n';
    }
    for (const auto& field : table.fields) {
        if (!field.is_section()) continue;
        const auto inner = join_path(path, field.key);
        const bool list = field.type->kind == Kind::Sections;
        write_section(field.type->schema(), inner,
                      list ? fmt::format("[[{}]]", inner) : fmt::format("[{}]", inner), page);
    }
}

}  // namespace

std::string reference_page() {
    std::string page(kIntroduction);
    write_section(schema<Job>(), "", "", page);
    write_section(schema<Tagging>(), "tagging", "Tagging", page);
    write_section(schema<Captioning>(), "captioning", "Captioning", page);
    page.pop_back();  // one newline ends the page
    return page;
}

std::string example_job() {
    Job job;
    job.data.subsets.resize(1);
    job.data.subsets[0].folder = "pictures";
    return write_job(job, Comments::Full);
}

}  // namespace lorikeet::settings
