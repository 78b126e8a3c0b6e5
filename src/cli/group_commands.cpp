#include "cli/group_commands.hpp"

#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace lorikeet::cli {

namespace {

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
        ->transform(CLI::AsSizeValue(true))
        ->type_name("SIZE");
    command.add_option("--most-file-bytes", limits.most_file_bytes, "A file that is larger is left out.")
        ->transform(CLI::AsSizeValue(true))
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

void add_dataset_commands(CLI::App& app, const CommandAdder& add, ImportArguments& import) {
    constexpr const char* kExamples =
        "  lorikeet dataset import photos --to birds\n"
        "  lorikeet dataset import birds.zip more.7z --to birds\n"
        "  lorikeet dataset import list.txt --to birds          the files that a text file names";
    auto* group = CommandAdder::group(app, "dataset", "Bring images and captions into a folder to train on.",
                                      kExamples);
    auto* sub = add.command(*group, "import", "Import from folders, archives, images and lists of them.",
                            kExamples,
                            [&import](Console& console) { return import_images(import, console); });
    add_import_options(*sub, import);
}

}  // namespace lorikeet::cli
