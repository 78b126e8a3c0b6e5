#include "studio/project.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <tuple>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <stdio.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "io/format.hpp"
#include "studio/folder_size.hpp"
#include "studio/living_runs.hpp"
#include "studio/safe_name.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;
using base::ErrorCode;

namespace {

constexpr const char* kWorkspaceFormat = "lorikeet workspace 1";
constexpr const char* kProjectFormat = "lorikeet project 1";
constexpr const char* kTrash = ".trash";
constexpr std::size_t kLongestShown = 200;  // bytes of a name as it was typed

base::Path workspace_file(const base::Path& workspace) { return workspace / ".lorikeet" / "workspace.json"; }
base::Path project_file(const base::Path& folder) { return folder / ".lorikeet" / "project.json"; }

// An object of texts; nothing when the file is not what was written.
std::optional<nlohmann::json> try_object(const base::Path& file) {
    if (!base::is_there(file)) return nlohmann::json::object();
    try {
        auto json = nlohmann::json::parse(base::read_text(file), nullptr, false);
        if (json.is_object()) return json;
    } catch (const base::Error&) {
        return std::nullopt;  // it cannot be read
    }
    return std::nullopt;
}
nlohmann::json read_object(const base::Path& file) {
    return try_object(file).value_or(nlohmann::json::object());
}

std::string text_in(const nlohmann::json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

void write_object(const base::Path& file, const nlohmann::json& json) {
    std::error_code trouble;
    fs::create_directories(file.parent_path(), trouble);
    if (trouble)
        base::fail(
            ErrorCode::Io,
            fmt::format("Could not make the folder {}: {}.", file.parent_path().string(), trouble.message()),
            "Work in a folder that you may write to.");
    base::write_whole(file, json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
}

// A folder is a project by its file; one whose file was damaged is still one, by the folder's name.
std::optional<Project> project_in(const base::Path& folder) {
    if (!base::is_file(project_file(folder))) return std::nullopt;
    const auto json = read_object(project_file(folder));
    Project project{text_in(json, "name"), folder, text_in(json, "created"), false};
    if (project.name.empty()) project.name = folder.filename().string();
    return project;
}

std::string checked_name(std::string_view typed) {
    const std::string name(base::trim(typed));
    if (name.empty() || !base::is_utf8(name))
        base::fail(ErrorCode::InvalidInput, "A project needs a name.", "Any text of a line: a word or two.");
    if (name.size() > kLongestShown)
        base::fail(ErrorCode::InvalidInput, "A project's name has at most 200 letters.",
                   "Choose a shorter one.");
    if (std::any_of(name.begin(), name.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }))
        base::fail(ErrorCode::InvalidInput, "A project's name is one line, without tabs.",
                   "Write it without the line break or the tab.");
    return name;
}

void move_to_free(const base::Path& from, const base::Path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return;
    // A file system without that; a folder is never laid over one that holds something.
    if (errno == EINVAL && !base::is_there(to) && ::rename(from.c_str(), to.c_str()) == 0) return;
    base::fail(errno == EEXIST ? ErrorCode::Conflict : ErrorCode::Io,
               fmt::format("Could not move {} to {}: {}.", from.string(), to.string(), std::strerror(errno)),
               "Nothing was changed.");
}

void expect_no_run_in(const Project& project) {
    const auto folder = fs::weakly_canonical(project.folder);
    for (const auto& run : living_runs()) {
        const auto place = fs::weakly_canonical(run.folder).lexically_relative(folder);
        if (!place.empty() && *place.begin() != "..")
            base::fail(ErrorCode::Conflict,
                       fmt::format("{} is training in the project {}.", run.name, project.name),
                       fmt::format("Wait for it, or stop it first: lorikeet stop {}", run.folder.string()));
    }
}

// "bird" and "2026-11-30T12:00:00Z" of "bird.2026-11-30T120000Z-1": a colon is not for every file system.
std::string time_for_name() { return base::replace_all(base::utc_now(), ":", ""); }
std::string time_in(const base::Path& trashed) {
    auto text = trashed.extension().string();
    if (text.size() < 19) return "";
    text = text.substr(1, 18);
    return text.insert(15, ":").insert(13, ":");
}

}  // namespace

ProjectSize size_of(const Project& project) {
    ProjectSize size;
    size.bytes = bytes_below(project.folder);
    std::error_code trouble, ignored;
    for (auto at = fs::recursive_directory_iterator(project.folder, trouble);
         !trouble && at != fs::recursive_directory_iterator(); at.increment(trouble)) {
        const auto name = at->path().filename().string();
        const bool is_runs = at.depth() == 0 && name == "runs";
        if (is_runs)
            for (const auto& run : fs::directory_iterator(at->path(), ignored))
                size.runs += base::is_file(run.path() / "job.toml");
        if (is_runs || name.starts_with('.'))
            at.disable_recursion_pending();
        else
            size.images += at->is_regular_file(ignored) && io::has_image_extension(name);
    }
    return size;
}

Projects::Projects(base::Path workspace, base::Path folder)
    : workspace_(fs::absolute(std::move(workspace)).lexically_normal()) {
    const auto read = try_object(workspace_file(workspace_));
    damaged_ = !read || (!read->empty() && text_in(*read, "format") != kWorkspaceFormat);
    const auto json = damaged_ ? nlohmann::json::object() : *read;
    const auto remembered = text_in(json, "projects");
    folder_ = !folder.empty()      ? fs::absolute(folder).lexically_normal()
              : remembered.empty() ? workspace_ / "projects"
                                   : (workspace_ / remembered).lexically_normal();
    open_ = text_in(json, "open");
}

void Projects::remember(const std::string& open) {
    const auto below = folder_.lexically_relative(workspace_);
    const bool inside = !below.empty() && *below.begin() != "..";
    const auto file = workspace_file(workspace_);
    std::error_code trouble;
    if (std::exchange(damaged_, false))
        fs::rename(file, fmt::format("{}.damaged-{}", file.string(), time_for_name()), trouble);
    write_object(file, {{"format", kWorkspaceFormat},
                        {"open", open},
                        {"projects", inside ? below.generic_string() : folder_.string()}});
}

std::vector<Project> Projects::list() const {
    std::vector<Project> found;
    std::error_code trouble;
    for (auto at = fs::directory_iterator(folder_, trouble); !trouble && at != fs::directory_iterator();
         at.increment(trouble)) {
        if (at->path().filename().string().starts_with('.')) continue;
        if (auto project = project_in(at->path())) found.push_back(std::move(*project));
    }
    for (auto& project : found) project.is_open = project.folder.filename() == open_;
    std::sort(found.begin(), found.end(),
              [](const auto& a, const auto& b) { return name_key(a.name) < name_key(b.name); });
    return found;
}

Project Projects::find(std::string_view name) const {
    const auto all = list();
    const auto trimmed = base::trim(name);
    for (const auto& project : all)
        if (name_key(project.name) == name_key(trimmed) || project.folder.filename() == trimmed)
            return project;
    std::vector<std::string> names;
    for (const auto& project : all) names.push_back(project.name);
    const auto near = base::nearest(trimmed, names);
    std::string hint = "There are none yet: lorikeet project new NAME makes one.";
    if (near)
        hint = fmt::format("Did you mean \"{}\"?", *near);
    else if (!names.empty())
        hint = fmt::format("The projects in {} are: {}.", folder_.string(), base::join(names, ", "));
    base::fail(ErrorCode::NotFound, fmt::format("There is no project \"{}\".", trimmed), hint);
}

std::string Projects::trouble() const {
    if (damaged_)
        return fmt::format("{} is damaged, so it is not known which project was open.",
                           workspace_file(workspace_).string());
    if (!open_.empty() && !project_in(folder_ / open_))
        return fmt::format("The project in {} was open, and is gone.", (folder_ / open_).string());
    return {};
}

std::optional<Project> Projects::open_one() const {
    if (open_.empty()) return std::nullopt;
    auto project = project_in(folder_ / open_);
    if (project) project->is_open = true;
    return project;
}

void Projects::expect_free(std::string_view name, const base::Path& but_for) const {
    for (const auto& other : list()) {
        if (other.folder == but_for || name_key(other.name) != name_key(name)) continue;
        const bool same = other.name == name;
        base::fail(ErrorCode::Conflict,
                   same ? fmt::format("There is a project \"{}\" already.", name)
                        : fmt::format("There is a project \"{}\", which differs from \"{}\" in capital "
                                      "letters or accents' form alone.",
                                      other.name, name),
                   "On some disks both would be the same folder. Choose another name, or open that project.");
    }
}

base::Path Projects::free_folder(std::string_view name, const base::Path& but_for) const {
    std::vector<std::string> taken;
    std::error_code trouble;
    for (auto at = fs::directory_iterator(folder_, trouble); !trouble && at != fs::directory_iterator();
         at.increment(trouble))
        if (at->path() != but_for) taken.push_back(name_key(at->path().filename().string()));
    const auto wanted = safe_name(name);
    auto folder = wanted;
    for (int number = 2; std::find(taken.begin(), taken.end(), name_key(folder)) != taken.end(); ++number)
        folder = fmt::format("{}_{}", wanted, number);
    return folder_ / folder;
}

Project Projects::create(std::string_view typed) {
    const auto name = checked_name(typed);
    expect_free(name, {});
    Project project{name, free_folder(name, {}), base::utc_now(), true};
    write_object(project_file(project.folder),
                 {{"format", kProjectFormat}, {"name", name}, {"created", project.created}});
    remember(open_ = project.folder.filename().string());
    return project;
}

Project Projects::open(std::string_view name) {
    auto project = find(name);
    remember(open_ = project.folder.filename().string());
    project.is_open = true;
    return project;
}

void Projects::close() {
    open_.clear();
    if (base::is_file(workspace_file(workspace_))) remember(open_);
}

Project Projects::rename(std::string_view name, std::string_view typed) {
    auto project = find(name);
    const auto new_name = checked_name(typed);
    expect_free(new_name, project.folder);
    expect_no_run_in(project);
    const auto folder = free_folder(new_name, project.folder);
    if (folder != project.folder) move_to_free(project.folder, folder);
    project.name = new_name, project.folder = folder;
    auto json = read_object(project_file(folder));
    json["format"] = kProjectFormat, json["name"] = new_name;
    write_object(project_file(folder), json);
    if (project.is_open) remember(open_ = folder.filename().string());
    return project;
}

TrashedProject Projects::remove(std::string_view name) {
    const auto project = find(name);
    expect_no_run_in(project);
    const auto trash = folder_ / kTrash;
    std::error_code trouble;
    fs::create_directories(trash, trouble);
    const auto stem = fmt::format("{}.{}", project.folder.filename().string(), time_for_name());
    auto to = trash / stem;
    for (int number = 2; base::is_there(to); ++number) to = trash / fmt::format("{}-{}", stem, number);
    move_to_free(project.folder, to);
    if (project.is_open) close();
    return {project.name, to, time_in(to), bytes_below(to)};
}

std::vector<TrashedProject> Projects::trash() const {
    std::vector<TrashedProject> found;
    std::error_code trouble;
    for (auto at = fs::directory_iterator(folder_ / kTrash, trouble);
         !trouble && at != fs::directory_iterator(); at.increment(trouble))
        if (const auto project = project_in(at->path()))
            found.push_back(
                {project->name, project->folder, time_in(project->folder), bytes_below(project->folder)});
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return std::tie(a.deleted, a.folder) > std::tie(b.deleted, b.folder);
    });
    return found;
}

Project Projects::restore(std::string_view name) {
    for (const auto& trashed : trash()) {
        if (name_key(trashed.name) != name_key(base::trim(name))) continue;
        expect_free(trashed.name, {});
        const auto folder = free_folder(trashed.name, {});
        move_to_free(trashed.folder, folder);
        return *project_in(folder);
    }
    base::fail(ErrorCode::NotFound, fmt::format("There is no project \"{}\" in the trash.", name),
               "lorikeet project trash lists what is there.");
}

std::uint64_t Projects::empty_trash() {
    std::uint64_t bytes = 0;
    for (const auto& trashed : trash()) {
        std::error_code trouble;
        fs::remove_all(trashed.folder, trouble);
        if (trouble)
            base::fail(ErrorCode::Io,
                       fmt::format("Could not delete {}: {}.", trashed.folder.string(), trouble.message()),
                       "See that you may write there.");
        bytes += trashed.bytes;
    }
    return bytes;
}

}  // namespace lorikeet::studio
