// settings: the reference page, and a job file to start from.
#include <ostream>

#include "cli/commands.hpp"
#include "settings/field.hpp"
#include "settings/toml.hpp"

namespace lorikeet::cli {

namespace {

// One of everything that is a list, so that its settings are shown.
settings::Job example_job() {
    settings::Job job;
    job.data.subsets.push_back({});
    job.data.subsets[0].folder = "pictures";
    job.data.subsets[0].repeats = 10;
    job.sample.prompts.push_back({});
    job.sample.prompts[0].text = "a lorikeet on a branch";
    return job;
}

}  // namespace

int settings_page(const SettingsArguments& arguments, Console& console) {
    if (!arguments.example)
        console.out << "# Every setting of a job file, with what it is when nothing is said.\n\n";
    console.out << settings::write_job(example_job(), settings::Comments::Full);
    return 0;
}

std::vector<std::string> setting_paths() {
    std::vector<std::string> paths;
    const settings::Job job = example_job();
    for (const auto& leaf :
         settings::leaves(settings::schema<settings::Job>(), static_cast<const void*>(&job)))
        paths.push_back(leaf.path);
    return paths;
}

}  // namespace lorikeet::cli
