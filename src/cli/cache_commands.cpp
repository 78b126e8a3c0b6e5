// cache list, clean: what is kept of images and captions.
#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/number.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/report.hpp"
#include "studio/cache_desk.hpp"
#include "studio/open_project.hpp"

namespace lorikeet::cli {

namespace {

// Where it lies from here, as it would be typed.
std::string near_folder(const base::Path& folder) {
    std::error_code trouble;
    const auto near = folder.lexically_normal().lexically_proximate(std::filesystem::current_path(trouble));
    return base::printable(near.string().starts_with("..") ? folder.string() : near.string());
}

std::string days_ago(double used, double now) {
    const double ago = std::max(0.0, now - used);
    return ago < 48 * 3600 ? base::human_seconds(ago) + " ago" : fmt::format("{:.0f} days ago", ago / 86400);
}

std::string words_of_use(const studio::CacheGroup& group) {
    using studio::CacheUse;
    if (group.kind == studio::CacheKind::Broken) return "made again when wanted";
    const auto unused = group.count(CacheUse::Unused), wanted = group.count(CacheUse::Wanted);
    if (unused == 0 && wanted == 0) return "";
    if (unused == 0) return "all wanted";
    return wanted == 0 ? "none wanted" : fmt::format("{} unused", unused);
}

std::string words_of_model(const studio::CacheGroup& group) {
    if (group.model.empty()) return "-";
    return group.computed.empty() ? group.model : fmt::format("{} ({})", group.model, group.computed);
}

void say_groups(const studio::CacheReport& report, Console& console) {
    const double now = base::unix_seconds();
    base::Path folder;
    for (const auto& group : report.groups) {
        if (group.folder != folder) {
            folder = group.folder;
            console.out << near_folder(folder) << '\n';
        }
        console.out << fmt::format(
            "  {:<10}  {:>12}  {:>9}  {:<14}  {:<16}  {}\n", studio::words_for(group.kind),
            base::counted(group.files.size(), "entry", "entries"), base::human_bytes(group.bytes()),
            days_ago(group.used(), now), words_of_use(group), base::printable(words_of_model(group)));
    }
}

void say_in_use(const std::vector<base::Path>& folders, std::string_view what, Console& console) {
    for (const auto& folder : folders)
        console.out << fmt::format("A training works with {}{}.\n", near_folder(folder), what);
}

double seconds_of(const std::string& text) {
    struct Unit {
        char letter;
        double seconds;
    };
    constexpr Unit kUnits[] = {{'h', 3600}, {'d', 86400}, {'w', 7 * 86400}};
    for (const auto& [letter, seconds] : kUnits)
        if (text.ends_with(letter))
            if (const auto number = base::try_number(text.substr(0, text.size() - 1)); number && *number >= 0)
                return *number * seconds;
    base::fail(base::ErrorCode::InvalidInput, fmt::format("--older-than {} is no time.", text),
               "Give a number with h, d or w: 12h, 30d, 8w.");
}

studio::CleanChoice choice_of(const CacheArguments& arguments) {
    studio::CleanChoice choice{arguments.all, arguments.unused, {}};
    if (!arguments.older_than.empty()) choice.unused_for_s = seconds_of(arguments.older_than);
    if (!choice.all && !choice.unused && !choice.unused_for_s)
        base::fail(base::ErrorCode::InvalidInput, "Nothing is named that should go.",
                   "Add --unused, --older-than 30d or --all.");
    return choice;
}

// What was typed is one of where it was typed; the open project is entered behind it.
base::Path target_of(const CacheArguments& arguments) {
    if (!arguments.target.empty()) {
        const auto target = std::filesystem::absolute(arguments.target);
        if (base::is_file(target)) studio::enter_open_project();  // where a job's folders are looked for
        return target;
    }
    studio::enter_open_project();
    return std::filesystem::current_path();
}

void say_trouble(const studio::CacheReport& report, Console& console) {
    if (!report.trouble.empty())
        say_warning(console, "It is not known which entries the job wants. " + report.trouble);
}

}  // namespace

int cache_list(const CacheArguments& arguments, Console& console) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    const auto target = target_of(arguments);
    const auto report = studio::look_at_caches(target, cancel);
    if (arguments.json) {
        console.out << studio::json_of(report);
        return 0;
    }
    if (report.groups.empty()) {
        const bool here = target == std::filesystem::current_path();
        console.out << "There is no cache in " << (here ? "this folder" : near_folder(target)) << ".\n";
        return 0;
    }
    say_groups(report, console);
    say_trouble(report, console);
    say_in_use(report.in_use, " now", console);
    console.out << fmt::format("{} in all: {}. lorikeet cache clean tidies up.\n",
                               base::human_bytes(report.bytes()),
                               base::counted(report.files(), "entry", "entries"));
    return 0;
}

int cache_clean(const CacheArguments& arguments, Console& console) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    const auto choice = choice_of(arguments);
    const auto report = studio::look_at_caches(target_of(arguments), cancel);
    const auto chosen = studio::choose_to_clean(report, choice, base::unix_seconds());
    if (arguments.json && !arguments.apply) {
        console.out << studio::json_of(chosen);
        return 0;
    }
    if (!arguments.json) {
        say_groups(chosen, console);
        say_trouble(report, console);
    }
    if (chosen.groups.empty()) {
        if (arguments.json) {
            studio::Cleaned nothing;
            nothing.in_use = chosen.in_use;
            console.out << studio::json_of(nothing);
            return 0;
        }
        console.out << "There is nothing to remove.\n";
        say_in_use(chosen.in_use, "; it is left alone", console);
        return 0;
    }
    if (!arguments.apply) {
        say_in_use(chosen.in_use, "; it is left alone", console);
        console.out << fmt::format("{} would go and free {}. With --apply they are removed.\n",
                                   base::counted(chosen.files(), "entry", "entries"),
                                   base::human_bytes(chosen.bytes()));
        return 0;
    }
    const auto cleaned = studio::clean_caches(chosen, cancel);
    if (arguments.json)
        console.out << studio::json_of(cleaned);
    else
        console.out << fmt::format("Removed {}: {} are free.\n",
                                   base::counted(cleaned.files, "entry", "entries"),
                                   base::human_bytes(cleaned.bytes));
    if (!arguments.json) say_in_use(cleaned.in_use, "; it was left alone", console);
    for (const auto& trouble : cleaned.trouble) say_warning(console, trouble);
    return cleaned.trouble.empty() ? 0 : 1;
}

}  // namespace lorikeet::cli
