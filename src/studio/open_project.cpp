#include "studio/open_project.hpp"

#include <string>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "studio/project.hpp"
#include "studio/workspace.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

struct Entered {
    base::Path workspace, project;
};
Entered& entered() {
    static Entered places;
    return places;
}

bool is_within(const base::Path& path, const base::Path& folder) {
    const auto below = fs::weakly_canonical(path).lexically_relative(fs::weakly_canonical(folder));
    return !below.empty() && *below.begin() != "..";
}

void enter(const base::Path& folder, const std::string& name) {
    std::error_code trouble;
    fs::current_path(folder, trouble);
    if (trouble)
        base::fail(base::ErrorCode::Io, fmt::format("{} cannot be entered: {}.", name, trouble.message()),
                   "See that you may read its folder, or open another: lorikeet project list.");
}

}  // namespace

std::optional<base::Path> enter_open_project() {
    const auto here = fs::current_path();
    const Projects projects(here);
    if (const auto trouble = projects.trouble(); !trouble.empty())
        base::fail(
            base::ErrorCode::Conflict, trouble,
            "lorikeet project open NAME opens one; lorikeet project close works in this folder itself.");
    const auto project = projects.open_one();
    if (!project) return std::nullopt;
    enter(project->folder, fmt::format("The project {}", project->name));
    entered() = {here, project->folder};
    return project->folder;
}

base::Path enter_project_of(const base::Path& workspace) {
    const auto project = Projects(workspace).open_one();
    const auto folder = project ? project->folder : workspace;
    enter(folder, project ? fmt::format("The project {}", project->name) : folder.string());
    entered() = project ? Entered{workspace, folder} : Entered{};
    return folder;
}

base::Path workspace_of_entered() {
    std::error_code gone;
    return fs::current_path(gone) == entered().project ? entered().workspace : base::Path();
}

base::Path find_run_here(std::string_view name_or_path) {
    const base::Path given(name_or_path);
    if (!base::is_file(given / "job.toml")) {
        enter_open_project();
        return find_run(name_or_path);
    }
    const auto run = fs::absolute(given);
    const auto project = Projects(fs::current_path()).open_one();
    if (!project || !is_within(run, project->folder)) return given;
    enter_open_project();
    return run;
}

void take_shared_inputs(settings::Job& job) {
    const auto workspace = workspace_of_entered();
    const auto take = [&](std::string& path) {
        if (workspace.empty() || path.empty() || base::Path(path).is_absolute() || base::is_there(path))
            return;
        if (base::is_there(workspace / path)) path = (workspace / path).string();
    };
    take(job.model.checkpoint);
    take(job.model.vae);
    take(job.adapter.start_from);
    for (auto& subset : job.data.subsets) {
        take(subset.folder);
        take(subset.mask_folder);
    }
}

}  // namespace lorikeet::studio
