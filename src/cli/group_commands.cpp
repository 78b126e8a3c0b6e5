#include "cli/group_commands.hpp"

#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/number.hpp"

namespace lorikeet::cli {

namespace {

CLI::Validator size_in_bytes() {
    return {[](std::string& text) {
                const auto bytes = base::try_bytes(text);
                if (!bytes) return text + " is no size; write it as in 500MB.";
                text = std::to_string(*bytes);
                return std::string();
            },
            ""};
}

void add_import_options(CLI::App& command, ImportArguments& arguments) {
    auto& request = arguments.request;
    auto& limits = request.limits;
    command
        .add_option("sources", request.sources, "Folders, archives, images, or text files that list some.")
        ->required()
        ->type_name("FILE");
    command
        .add_option("--to", request.folder, "The folder that they go to; it is made where it is not there.")
        ->required()
        ->type_name("FILE");
    command
        .add_option("--encoding", request.encoding, "Of names in archives that are not UTF-8, such as CP932.")
        ->type_name("NAME");
    command.add_option("--most-bytes", limits.most_bytes, "An archive that unpacks to more is refused.")
        ->transform(size_in_bytes())
        ->type_name("SIZE");
    command.add_option("--most-file-bytes", limits.most_file_bytes, "A file that is larger is left out.")
        ->transform(size_in_bytes())
        ->type_name("SIZE");
    command.add_option("--most-files", limits.most_entries, "A source with more files is refused.")
        ->check(CLI::Range(1, 1000000000))
        ->type_name("N");
    command
        .add_option("--most-ratio", limits.most_ratio,
                    "An archive that unpacks to so many times its size is refused.")
        ->check(CLI::Range(1, 1000000000))
        ->type_name("N");
    command.add_flag("--all", arguments.all, "Name every file that was renamed or left out.");
}

}  // namespace

CLI::App* CommandAdder::command(CLI::App& above, const char* name, const char* what, const char* examples,
                                Action action) const {
    CLI::App* sub = above.add_subcommand(name, what);
    sub->footer(std::string("Examples:\n") + examples);
    sub->callback([&chosen = chosen_, action = std::move(action)] { chosen = action; });
    return sub;
}

CLI::App* CommandAdder::group(CLI::App& above, const char* name, const char* what, const char* examples) {
    CLI::App* sub = above.add_subcommand(name, what);
    sub->footer(std::string("Examples:\n") + examples);
    sub->require_subcommand(1);
    return sub;
}

void add_report_options(CLI::App& command, ReportArguments& arguments) {
    command
        .add_option("target", arguments.target,
                    "A folder of images, a folder of such folders, or a job file.")
        ->required()
        ->type_name("FILE");
    command.add_option("--resolution", arguments.resolution, "The side of a square that training will use.")
        ->check(CLI::Range(64, 4096))
        ->type_name("PX");
    command.add_flag("--json", arguments.json, "All of it as JSON.");
    command.add_option("--html", arguments.html, "Write a page with all images into this file.")
        ->type_name("FILE");
}

void add_dataset_commands(CLI::App& app, const CommandAdder& add, ImportArguments& import,
                          ReportArguments& report, FilesArguments& files) {
    constexpr const char* kExamples =
        "  lorikeet dataset import photos --to birds\n"
        "  lorikeet dataset import birds.zip more.7z --to birds\n"
        "  lorikeet dataset import list.txt --to birds          the files that a text file names\n"
        "  lorikeet dataset report birds";
    auto* group =
        CommandAdder::group(app, "dataset", "Images and captions: bring in, look at, change.", kExamples);
    auto* sub = add.command(*group, "import", "Import from folders, archives, images and lists of them.",
                            kExamples,
                            [&import](Console& console) { return import_images(import, console); });
    add_import_options(*sub, import);
    sub = add.command(*group, "report", "Say what is in a dataset, and what the trainer will see of it.",
                      "  lorikeet dataset report birds\n"
                      "  lorikeet dataset report job.toml --html birds.html",
                      [&report](Console& console) { return dataset_report(report, console); });
    add_report_options(*sub, report);
    add_dataset_file_commands(*group, add, files);
}

void add_cache_commands(CLI::App& app, const CommandAdder& add, CacheArguments& cache) {
    constexpr const char* kExamples =
        "  lorikeet cache list                        of the open project, or of this folder\n"
        "  lorikeet cache list job.toml               and which of it that job would use\n"
        "  lorikeet cache clean --unused              say what would go\n"
        "  lorikeet cache clean --older-than 30d --apply";
    auto* group = CommandAdder::group(app, "cache",
                                      "What is kept of images and captions: see it, tidy it up.", kExamples);
    const auto with_target = [&](CLI::App* sub) {
        sub->add_option("target", cache.target,
                        "A job file, or a folder; else the open project, or this folder.")
            ->type_name("FILE");
        sub->add_flag("--json", cache.json, "All of it as JSON.");
        return sub;
    };
    with_target(add.command(*group, "list",
                            "List the caches: where, of what, how large, still wanted or not.", kExamples,
                            [&cache](Console& console) { return cache_list(cache, console); }));
    auto* clean = with_target(
        add.command(*group, "clean", "Say what would be removed; with --apply remove it.", kExamples,
                    [&cache](Console& console) { return cache_clean(cache, console); }));
    clean->add_flag("--all", cache.all, "All entries. They are made again when a training wants them.");
    clean->add_flag("--unused", cache.unused,
                    "Entries that the job does not want; of a folder, those of images that are gone.");
    clean
        ->add_option("--older-than", cache.older_than,
                     "Entries that no training wanted for so long: 12h, 30d, 8w.")
        ->type_name("TIME");
    clean->add_flag("--apply", cache.apply, "Remove it now.");
}

void add_project_commands(CLI::App& app, const CommandAdder& add, ProjectArguments& project) {
    constexpr const char* kExamples =
        "  lorikeet project new \"Blue bird\"          makes it, and opens it\n"
        "  lorikeet project open \"Blue bird\"\n"
        "  lorikeet project delete \"Blue bird\"       moves it into the trash\n"
        "  lorikeet project trash empty";
    auto* group =
        CommandAdder::group(app, "project", "Folders that own images, recipes, runs and outputs.", kExamples);
    struct Row {
        const char *name, *what;
        int (*act)(const ProjectArguments&, Console&);
        int names;
    };
    const Row rows[] = {{"new", "Make a project and open it.", project_new, 1},
                        {"list", "List the projects.", project_list, 0},
                        {"open", "Work in a project from here on.", project_open, 1},
                        {"close", "Work in this folder itself again.", project_close, 0},
                        {"rename", "Give a project and its folder another name.", project_rename, 2},
                        {"delete", "Move a project into the trash.", project_delete, 1}};
    const auto with_place = [&](CLI::App* sub) {
        sub->add_option("--projects", project.projects,
                        "The folder that projects lie in, instead of projects.")
            ->type_name("FILE");
        return sub;
    };
    for (const auto& [name, what, act, names] : rows) {
        auto* sub = with_place(
            add.command(*group, name, what, kExamples,
                        [&project, act = act](Console& console) { return act(project, console); }));
        if (names > 0) sub->add_option("name", project.name, "Its name.")->required()->type_name("NAME");
        if (names > 1)
            sub->add_option("new-name", project.new_name, "Its new name.")->required()->type_name("NAME");
    }
    auto* trash =
        with_place(add.command(*group, "trash", "What was deleted: list, empty, restore NAME.", kExamples,
                               [&project](Console& console) { return project_trash(project, console); }));
    trash->add_option("action", project.name, "list (the default), empty, or restore.")
        ->type_name("list|empty|restore")
        ->check(CLI::IsMember({"list", "empty", "restore"}));
    trash->add_option("name", project.new_name, "Of the project to restore.")->type_name("NAME");
}

}  // namespace lorikeet::cli
