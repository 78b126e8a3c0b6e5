#include "cli/options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "settings/job.hpp"
#include "settings/typed_paths.hpp"

namespace lorikeet::cli {

namespace {

std::string type_word(const settings::Field& field) {
    using settings::Kind;
    switch (field.type->kind) {
        case Kind::Flag: return "true|false";
        case Kind::Whole:
        case Kind::Number: return field.type->optional ? "N|unset" : "N";
        case Kind::Wholes:
        case Kind::Numbers: return "N,...";
        case Kind::Texts: return "TEXT,...";
        case Kind::Choice: {
            std::vector<std::string> words;
            for (const auto& choice : field.type->choices()) words.emplace_back(choice.word);
            return base::join(words, "|");
        }
        default: return "TEXT";
    }
}

void add_one(CLI::App& command, const settings::Field& field, const std::string& path,
             std::vector<settings::Assignment>& chosen) {
    const auto take = [&chosen, path](const std::string& text) { chosen.push_back({path, text}); };
    command.add_option_function<std::string>("--" + path, take, std::string(field.what))
        ->type_name(type_word(field))
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
        ->group(field.level == settings::Level::Basic ? "Settings" : "");
}

void take_set(const std::vector<std::string>& given, std::vector<settings::Assignment>& chosen) {
    for (const auto& one : given) {
        const auto equals = one.find('=');
        if (equals == std::string::npos || equals == 0)
            throw CLI::ValidationError("--set", fmt::format("wants setting=value, found \"{}\"", one));
        chosen.push_back({std::string(base::trim(one.substr(0, equals))), one.substr(equals + 1)});
    }
}

}  // namespace

void add_setting_options(CLI::App& command, std::vector<settings::Assignment>& chosen) {
    const settings::Job job;
    for (const auto& leaf : settings::leaves(settings::schema<settings::Job>(), &job))
        add_one(command, *leaf.field, leaf.path, chosen);
    const auto set = [&chosen](const std::vector<std::string>& given) { take_set(given, chosen); };
    command
        .add_option_function<std::vector<std::string>>(
            "--set", set, "Any setting, also of an element of a list: data.subsets.0.repeats=4")
        ->type_name("SETTING=VALUE")
        ->allow_extra_args(false)
        ->group("Settings");
}

void add_options_of(CLI::App& command, const settings::Schema& schema,
                    std::vector<settings::Assignment>& chosen) {
    for (const auto& field : schema.fields) {
        const std::string path(field.key);
        const auto words = base::replace_all(path, "_", "-");
        CLI::Option* option = nullptr;
        if (field.type->kind == settings::Kind::Flag) {
            const bool is_on = schema.default_of(field) == settings::Value(true);
            option = command.add_flag_callback((is_on ? "--no-" : "--") + words,
                                               [&chosen, path, is_on] {
                                                   chosen.push_back({path, is_on ? "false" : "true"});
                                               },
                                               (is_on ? "Not: " : "") + std::string(field.what));
        } else {
            option = command.add_option_function<std::string>(
                "--" + words,
                [&chosen, path](const std::string& text) {
                    chosen.push_back({path, text});
                },
                std::string(field.what));
            option->type_name(settings::is_path(field) ? "FILE" : type_word(field))
                ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        }
        option->group("Settings");
    }
}

}  // namespace lorikeet::cli
