// project new, list, open, close, rename, delete, trash.
#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "studio/project.hpp"

namespace lorikeet::cli {

namespace {

studio::Projects projects_of(const ProjectArguments& arguments) {
    return studio::Projects(std::filesystem::current_path(), arguments.projects);
}

std::string shown_folder(const base::Path& folder) {
    const auto near = folder.lexically_proximate(std::filesystem::current_path());
    return base::printable(near.string().starts_with("..") ? folder.string() : near.string());
}

// "name" as wide as the widest of the column.
std::string in_column(const std::string& text, int width) {
    const auto shown = base::printable(text);
    return shown + std::string(static_cast<std::size_t>(std::max(0, width - columns_of(shown))), ' ');
}

template <class Items>
int widest_name(const Items& items) {
    int widest = 4;
    for (const auto& item : items) widest = std::max(widest, columns_of(base::printable(item.name)));
    return widest;
}

}  // namespace

int project_new(const ProjectArguments& arguments, Console& console) {
    const auto project = projects_of(arguments).create(arguments.name);
    console.out << fmt::format("{} lies in {}, and is open.\n", base::printable(project.name),
                               shown_folder(project.folder));
    return 0;
}

int project_list(const ProjectArguments& arguments, Console& console) {
    const auto projects = projects_of(arguments);
    const auto found = projects.list();
    if (found.empty()) {
        console.out << "There are no projects in " << shown_folder(projects.folder())
                    << ": lorikeet project new NAME makes one.\n";
        return 0;
    }
    const auto width = widest_name(found);
    console.out << fmt::format("  {}  images  runs  size       folder\n", in_column("name", width));
    for (const auto& project : found) {
        const auto size = studio::size_of(project);
        console.out << fmt::format("{} {}  {:>6}  {:>4}  {:<9}  {}\n", project.is_open ? '*' : ' ',
                                   in_column(project.name, width), size.images, size.runs,
                                   base::human_bytes(size.bytes), shown_folder(project.folder));
    }
    if (projects.open_one()) console.out << "* is open\n";
    return 0;
}

int project_open(const ProjectArguments& arguments, Console& console) {
    const auto project = projects_of(arguments).open(arguments.name);
    console.out << fmt::format("{} is open: what is trained from here lies in {}.\n",
                               base::printable(project.name), shown_folder(project.folder));
    return 0;
}

int project_close(const ProjectArguments& arguments, Console& console) {
    auto projects = projects_of(arguments);
    const auto open = projects.open_one();
    projects.close();
    console.out << (open ? fmt::format("{} is closed; this folder itself is worked in.\n",
                                       base::printable(open->name))
                         : "No project was open.\n");
    return 0;
}

int project_rename(const ProjectArguments& arguments, Console& console) {
    const auto project = projects_of(arguments).rename(arguments.name, arguments.new_name);
    console.out << fmt::format("It is called {} now, and lies in {}.\n", base::printable(project.name),
                               shown_folder(project.folder));
    return 0;
}

int project_delete(const ProjectArguments& arguments, Console& console) {
    const auto trashed = projects_of(arguments).remove(arguments.name);
    console.out << fmt::format("{} is in the trash ({}). Back: lorikeet project trash restore \"{}\"\n",
                               base::printable(trashed.name), base::human_bytes(trashed.bytes),
                               base::printable(trashed.name));
    return 0;
}

int project_trash(const ProjectArguments& arguments, Console& console) {
    auto projects = projects_of(arguments);
    if (arguments.name == "restore") {
        if (arguments.new_name.empty())
            base::fail(base::ErrorCode::InvalidInput, "No project is named.",
                       "lorikeet project trash restore NAME");
        const auto project = projects.restore(arguments.new_name);
        console.out << fmt::format("{} lies in {} again.\n", base::printable(project.name),
                                   shown_folder(project.folder));
        return 0;
    }
    const auto trash = projects.trash();
    if (trash.empty()) {
        console.out << "The trash is empty.\n";
        return 0;
    }
    if (arguments.name == "empty") {
        const auto bytes = projects.empty_trash();
        console.out << fmt::format("Deleted for good: {} ({}).\n",
                                   trash.size() == 1 ? "1 project" : fmt::format("{} projects", trash.size()),
                                   base::human_bytes(bytes));
        return 0;
    }
    std::uint64_t bytes = 0;
    const auto width = widest_name(trash);
    for (const auto& project : trash) {
        bytes += project.bytes;
        console.out << fmt::format("  {}  {:<9}  deleted {}\n", in_column(project.name, width),
                                   base::human_bytes(project.bytes), project.deleted);
    }
    console.out << fmt::format("{} in all: lorikeet project trash empty deletes them for good.\n",
                               base::human_bytes(bytes));
    return 0;
}

}  // namespace lorikeet::cli
