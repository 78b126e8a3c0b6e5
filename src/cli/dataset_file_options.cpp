// What is said behind `dataset rename` and the other commands that change files.
#include <string>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/group_commands.hpp"

namespace lorikeet::cli {

namespace {

using Act = int (*)(const FilesArguments&, Console&);

constexpr const char* kApply = "Do it; else it is only shown.";

CLI::App* add_one(CLI::App& group, const CommandAdder& add, const char* name, const char* what,
                  const char* examples, Act act, FilesArguments& files) {
    auto* sub = add.command(group, name, what, examples,
                            [&files, act](Console& console) { return act(files, console); });
    sub->add_option("folder", files.folder, "The folder of the images.")->required()->type_name("FILE");
    return sub;
}

void add_names(CLI::App& sub, FilesArguments& files) {
    sub.add_option("images", files.names, "Some of its images; else all.")->type_name("FILE");
    add_caption_extensions(sub, files.caption_extensions);
}

void add_all(CLI::App& sub, FilesArguments& files) { sub.add_flag("--all", files.all, "Name every file."); }

void add_apply(CLI::App& sub, FilesArguments& files) {
    sub.add_flag("--apply", files.apply, kApply);
    add_all(sub, files);
}

void add_quality(CLI::App& sub, FilesArguments& files) {
    sub.add_option("--quality", files.edit.quality, "Of JPEG and WebP; 100 is WebP without loss.")
        ->capture_default_str()
        ->check(CLI::Range(1, 100))
        ->type_name("N");
}

void add_edits(CLI::App& group, const CommandAdder& add, FilesArguments& files) {
    auto* sub = add_one(group, add, "convert", "Write images in another format.",
                        "  lorikeet dataset convert birds --to png\n"
                        "  lorikeet dataset convert birds --to jpeg --quality 90 --apply",
                        dataset_edit, files);
    add_names(*sub, files);
    sub->add_option("--to", files.edit.format, "The format.")
        ->required()
        ->check(CLI::IsMember({"png", "jpeg", "webp"}))
        ->type_name("png|jpeg|webp");
    add_quality(*sub, files);
    add_apply(*sub, files);

    sub = add_one(group, add, "resize", "Make large images smaller; none is enlarged.",
                  "  lorikeet dataset resize birds --longest 2048 --apply", dataset_edit, files);
    add_names(*sub, files);
    sub->add_option("--longest", files.edit.longest_px, "No side is longer afterwards.")
        ->required()
        ->check(CLI::Range(16, 20000))
        ->type_name("PX");
    add_quality(*sub, files);
    add_apply(*sub, files);

    sub = add_one(group, add, "crop", "Cut images to a shape.",
                  "  lorikeet dataset crop birds --shape 1:1\n"
                  "  lorikeet dataset crop birds a.png --shape 3:4 --keep top --apply",
                  dataset_edit, files);
    add_names(*sub, files);
    sub->add_option("--shape", files.shape, "Width and height of the shape, as 3:4.")
        ->required()
        ->type_name("W:H");
    sub->add_option("--keep", files.keep, "Of what is too long: its top or left, its middle, or its end.")
        ->capture_default_str()
        ->check(CLI::IsMember({"top", "centre", "bottom"}))
        ->type_name("top|centre|bottom");
    add_quality(*sub, files);
    add_apply(*sub, files);

    sub = add_one(group, add, "rotate", "Turn or mirror images.",
                  "  lorikeet dataset rotate birds a.png --turn right --apply", dataset_edit, files);
    add_names(*sub, files);
    sub->add_option("--turn", files.turn, "Right and left are quarter turns.")
        ->required()
        ->check(CLI::IsMember({"right", "left", "half", "mirror"}))
        ->type_name("right|left|half|mirror");
    add_quality(*sub, files);
    add_apply(*sub, files);
}

}  // namespace

void add_caption_extensions(CLI::App& sub, std::string& typed) {
    sub.add_option("--caption-extensions", typed, "How captions end, where it is not .txt or .caption.")
        ->type_name(".txt,.cap");
}

void add_dataset_file_commands(CLI::App& group, const CommandAdder& add, FilesArguments& files) {
    auto* sub = add_one(group, add, "rename", "Give images and their captions other names.",
                        "  lorikeet dataset rename birds --to bird-{number}        show what would be done\n"
                        "  lorikeet dataset rename birds --to bird-{number} --apply\n"
                        "  lorikeet dataset rename birds --to {date}-{clean}",
                        dataset_rename, files);
    add_names(*sub, files);
    sub->add_option("--to", files.pattern, "The new name; {number}, {name}, {clean}, {date} are filled in.")
        ->required()
        ->type_name("PATTERN");
    add_apply(*sub, files);
    add_edits(group, add, files);

    sub = add_one(group, add, "delete",
                  "Move images and their captions into the trash, at once; undo brings them back.",
                  "  lorikeet dataset delete birds a.png b.png", dataset_delete, files);
    sub->add_option("images", files.names, "Images of the folder.")->required()->type_name("FILE");
    add_caption_extensions(*sub, files.caption_extensions);
    add_all(*sub, files);

    sub = add_one(group, add, "clean", "Move what training has no use for into the trash.",
                  "  lorikeet dataset clean birds                         say what there is, by kind\n"
                  "  lorikeet dataset clean birds orphans caches --apply",
                  dataset_clean, files);
    sub->add_option("kinds", files.kinds, "Kinds of files; without one, what there is.")->type_name("KIND");
    add_caption_extensions(*sub, files.caption_extensions);
    add_apply(*sub, files);

    sub = add_one(group, add, "undo", "Take back the last change of a folder's files.",
                  "  lorikeet dataset undo birds\n  lorikeet dataset undo birds --steps 3", dataset_undo,
                  files);
    sub->add_option("--steps", files.steps, "So many changes.")
        ->capture_default_str()
        ->check(CLI::Range(1, 200))
        ->type_name("N");
    add_all(*sub, files);

    sub = add_one(group, add, "trash", "Say how much is in a folder's trash, or empty it.",
                  "  lorikeet dataset trash birds\n  lorikeet dataset trash birds --empty", dataset_trash,
                  files);
    sub->add_flag("--empty", files.empty, "Delete it for good; nothing can be taken back then.");
}

}  // namespace lorikeet::cli
