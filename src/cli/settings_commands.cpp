// settings: the reference page, and a job file to start from.
#include <ostream>

#include "cli/commands.hpp"
#include "settings/field.hpp"
#include "settings/job.hpp"
#include "settings/page.hpp"

namespace lorikeet::cli {

int settings_page(const SettingsArguments& arguments, Console& console) {
    console.out << (arguments.example ? settings::example_job() : settings::reference_page());
    return 0;
}

std::vector<std::string> setting_paths() {
    std::vector<std::string> paths;
    settings::Job job;  // with one of everything that is a list, so that its settings have a path
    job.data.subsets.emplace_back();
    job.sample.prompts.emplace_back();
    for (const auto& leaf :
         settings::leaves(settings::schema<settings::Job>(), static_cast<const void*>(&job)))
        paths.push_back(leaf.path);
    return paths;
}

}  // namespace lorikeet::cli
