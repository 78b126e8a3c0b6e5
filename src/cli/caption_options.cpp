// What is said behind `caption add` and its kin.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/group_commands.hpp"

namespace lorikeet::cli {

namespace {

using studio::CaptionAction;

constexpr const char* kTags = "Tags, with commas between; * stands for anything.";

struct CaptionRow {
    const char *name, *what, *example;
    CaptionAction action;
    bool needs_tags, may_have_tags;
};

constexpr CaptionRow kCaptionRows[] = {
    {"trigger", "Put the trigger in front of each caption, once.",
     "  lorikeet caption trigger birds \"my bird\"", CaptionAction::Trigger, true, false},
    {"add", "Add tags where they are not there yet.",
     "  lorikeet caption add birds \"blue sky, day\" --front --apply", CaptionAction::Add, true, false},
    {"remove", "Remove whole tags.", "  lorikeet caption remove birds \"girl, *hair\" --apply",
     CaptionAction::Remove, true, false},
    {"replace", "Replace tags by others.",
     "  lorikeet caption replace birds \"long hair\" --by \"short hair\"\n"
     "  lorikeet caption replace birds bird --by parrot --only-with \"green, blue\" --any",
     CaptionAction::Replace, true, false},
    {"move", "Move tags to the front or the end.", "  lorikeet caption move birds solo", CaptionAction::Move,
     true, false},
    {"dedupe", "Keep each tag where it comes first.", "  lorikeet caption dedupe birds --apply",
     CaptionAction::Dedupe, false, false},
    {"sort", "Sort tags by the alphabet; those that are named stay in their places.",
     "  lorikeet caption sort birds \"my bird\" --apply", CaptionAction::Sort, false, true},
    {"emphasise", "Give tags a weight, as (tag:1.2).",
     "  lorikeet caption emphasise birds \"red beak\" --weight 1.2", CaptionAction::Emphasise, true, false},
    {"plain", "Take emphasis away.", "  lorikeet caption plain birds --apply", CaptionAction::Plain, false,
     true},
    {"prefix", "Write a text in front of each caption, as it is.",
     "  lorikeet caption prefix birds \"a photo of \" --apply", CaptionAction::Prefix, false, false},
    {"suffix", "Write a text behind each caption, as it is.",
     "  lorikeet caption suffix birds \", photo\" --apply", CaptionAction::Suffix, false, false},
    {"find", "Replace a text wherever it stands.",
     "  lorikeet caption find birds colour --by color --apply\n"
     "  lorikeet caption find birds \"(\\\\d+) birds\" --by \"many birds\" --pattern",
     CaptionAction::Find, false, false},
};

bool takes_text(CaptionAction action) {
    return action == CaptionAction::Prefix || action == CaptionAction::Suffix ||
           action == CaptionAction::Find;
}

void add_common(CLI::App& sub, CaptionArguments& caption) {
    sub.add_option("--only-with", caption.only_with, "Only captions that have all of these tags.")
        ->type_name("TAGS");
    add_caption_extensions(sub, caption.caption_extensions);
    sub.add_flag("--any", caption.edit.any, "Of --only-with, one is enough.")->needs("--only-with");
    sub.add_option("--image", caption.images,
                   "An image whose caption is meant; may be given again. Else all.")
        ->expected(1)
        ->take_all()
        ->type_name("FILE");
    sub.add_flag("--apply", caption.apply, "Do it; else it is only shown.");
    sub.add_flag("--all", caption.all, "Show every caption.");
}

void add_row(CLI::App& group, const CommandAdder& add, const CaptionRow& row, CaptionArguments& caption) {
    auto* sub = add.command(group, row.name, row.what, row.example, [&caption, &row](Console& console) {
        // --pattern has made it another already
        if (caption.edit.action != CaptionAction::FindPattern) caption.edit.action = row.action;
        return caption_edit(caption, console);
    });
    sub->add_option("folder", caption.folder, "The folder of the images.")->required()->type_name("FILE");
    if (row.needs_tags || row.may_have_tags) {
        auto* tags = sub->add_option("tags", caption.tags, kTags)->type_name("TAGS");
        if (row.needs_tags) tags->required();
    }
    if (takes_text(row.action))
        sub->add_option("text", caption.edit.text, "The text.")->required()->type_name("TEXT");
    if (row.action == CaptionAction::Replace)
        sub->add_option("--by", caption.with, "Tags that take their place; without them they go.")
            ->type_name("TAGS");
    if (row.action == CaptionAction::Find) {
        sub->add_option("--by", caption.edit.replacement, "What takes its place.")->type_name("TEXT");
        sub->add_flag_callback(
            "--pattern", [&caption] { caption.edit.action = CaptionAction::FindPattern; },
            "The text is a regular expression; \\1 is what its first brackets found.");
    }
    if (row.action == CaptionAction::Add) sub->add_flag("--front", caption.edit.in_front, "In front.");
    if (row.action == CaptionAction::Move)
        sub->add_flag("--end", caption.to_end, "To the end; else to the front.");
    if (row.action == CaptionAction::Emphasise)
        sub->add_option("--weight", caption.edit.weight, "The weight.")
            ->capture_default_str()
            ->check(CLI::Range(0.1, 3.0))
            ->type_name("NUMBER");
    add_common(*sub, caption);
    if (row.action == CaptionAction::Trigger || row.action == CaptionAction::Add ||
        row.action == CaptionAction::Prefix || row.action == CaptionAction::Suffix)
        sub->add_flag("--create", caption.create, "Also for images that have no caption yet.")
            ->excludes("--only-with");
}

}  // namespace

void add_caption_commands(CLI::App& app, const CommandAdder& add, CaptionArguments& caption,
                          CaptionWriteArguments& write) {
    auto* group = CommandAdder::group(
        app, "caption", "Captions: see their tags, change many at once, have them written.",
        "  lorikeet caption tags birds\n"
        "  lorikeet caption remove birds \"1girl\"            show what would change\n"
        "  lorikeet caption remove birds \"1girl\" --apply\n"
        "  lorikeet dataset undo birds                      take it back");
    add_caption_write(*group, add, write);
    for (const auto& row : kCaptionRows) add_row(*group, add, row, caption);
    auto* sub = add.command(
        *group, "underscores", "Turn underscores of tags into blanks, or back; faces stay.",
        "  lorikeet caption underscores birds --to blanks --apply", [&caption](Console& console) {
            caption.edit.action = caption.to == "blanks" ? CaptionAction::Blanks : CaptionAction::Underscores;
            return caption_edit(caption, console);
        });
    sub->add_option("folder", caption.folder, "The folder of the images.")->required()->type_name("FILE");
    sub->add_option("--to", caption.to, "What they become.")
        ->required()
        ->check(CLI::IsMember({"blanks", "underscores"}))
        ->type_name("blanks|underscores");
    add_common(*sub, caption);
    sub = add.command(*group, "tags", "List the tags by how many images have them.",
                      "  lorikeet caption tags birds\n  lorikeet caption tags birds --top 200 --json",
                      [&caption](Console& console) { return caption_tags(caption, console); });
    sub->add_option("folder", caption.folder, "The folder of the images.")->required()->type_name("FILE");
    sub->add_option("--top", caption.top, "So many.")
        ->capture_default_str()
        ->check(CLI::Range(1, 1000000))
        ->type_name("N");
    add_caption_extensions(*sub, caption.caption_extensions);
    sub->add_flag("--json", caption.json, "As JSON.");
}

}  // namespace lorikeet::cli
