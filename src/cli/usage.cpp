#include "cli/usage.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace lorikeet::cli {

void hide_validators(CLI::App& app) {
    for (auto* option : app.get_options())
        for (int i = 0;; ++i) try {
                option->get_validator(i)->description("");
            } catch (const CLI::OptionNotFound&) {
                break;
            }
    for (auto* sub : app.get_subcommands({})) hide_validators(*sub);
}

std::string command_in(const CLI::App& app, const std::vector<std::string>& words) {
    const auto* at = &app;
    std::string command;
    for (const auto& word : words) {
        const auto subs = at->get_subcommands([&](const CLI::App* sub) { return sub->get_name() == word; });
        if (subs.empty()) break;
        at = subs.front();
        command += word + " ";
    }
    return command;
}

}  // namespace lorikeet::cli
