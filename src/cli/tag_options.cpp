// What is said behind `tag`: every setting of settings::Tagging is an option, made from the descriptions.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/text.hpp"
#include "cli/group_commands.hpp"
#include "cli/options.hpp"
#include "settings/field.hpp"
#include "settings/tagging.hpp"

namespace lorikeet::cli {

void add_tag_command(CLI::App& app, const CommandAdder& add, TagArguments& tag) {
    auto* sub = add.command(
        app, "tag", "Write tags into captions, by a tagger that looks at the images.",
        "  lorikeet tag birds --model wd-vit-tagger-v3             show what would be written\n"
        "  lorikeet tag birds --model wd-vit-tagger-v3 --apply\n"
        "  lorikeet tag birds --settings tags.toml --threshold 0.5 --exclude \"simple background, *sky\"\n"
        "  lorikeet dataset undo birds                             take it back",
        [&tag](Console& console) { return tag_images(tag, console); });
    sub->add_option("folder", tag.folder, "The folder of the images.")->required()->type_name("FILE");
    add_options_of(*sub, settings::schema<settings::Tagging>(), tag.changes);
    add_caption_extensions(*sub, tag.caption_extensions);
    sub->add_option("--settings", tag.settings, "A TOML file with these settings; options win over it.")
        ->type_name("FILE");
    sub->add_option("--image", tag.images, "An image that is meant; may be given again. Else all.")
        ->expected(1)
        ->take_all()
        ->type_name("FILE");
    sub->add_option("--top", tag.top, "Of the most frequent tags, so many are shown.")
        ->capture_default_str()
        ->check(CLI::Range(0, 1000000))
        ->type_name("N");
    sub->add_flag("--apply", tag.apply, "Do it; else it is only shown.");
    sub->add_flag("--all", tag.all, "Show every caption.");
}

}  // namespace lorikeet::cli
