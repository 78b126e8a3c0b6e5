// caption write: what a captioner would write, then the captions.
#include <ostream>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "cli/caption_diff.hpp"
#include "cli/commands.hpp"
#include "cli/dataset_at.hpp"
#include "cli/group_commands.hpp"
#include "cli/image_report.hpp"
#include "cli/interrupt.hpp"
#include "cli/list_view.hpp"
#include "cli/options.hpp"
#include "settings/field.hpp"
#include "studio/caption_desk.hpp"

namespace lorikeet::cli {

namespace {

void say_captions(const studio::CaptioningPlan& plan, const CaptionWriteArguments& arguments,
                  Console& console) {
    console.out << base::printable(plan.captioner) << ".\n";
    for (const auto& note : plan.notes) console.out << note << '\n';
    const auto& texts = plan.captions.change.texts;
    say_list(console, "captions", texts.size(), arguments.all,
             [&](std::size_t i) { return diff_of(texts[i]); });
    say_kept(console, "left out", plan.captions.left_out, arguments.all);
}

}  // namespace

int caption_write(const CaptionWriteArguments& arguments, Console& console) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    studio::CaptioningRequest request{arguments.folder, {}, {}};
    read_command_settings(settings::schema<settings::Captioning>(), &request.captioning, arguments.settings,
                          arguments.changes, "lorikeet caption write");
    const auto listing =
        listing_with(arguments.folder, arguments.caption_extensions, request.captioning.extension, cancel);
    request.images = chosen_images(arguments.folder, arguments.images, listing);
    ImageReport report(console);
    const auto plan = studio::plan_captioning(
        request, listing, [&](const studio::ImageProgress& progress) { report.take(progress); }, cancel);
    report.end();
    say_captions(plan, arguments, console);
    const LookedAt looked{plan.captions, plan.images,  plan.looked_at, plan.known,
                          plan.stopped,  plan.is_kept, "captions"};
    say_looked_at(looked, console);
    if (const auto code = code_before_writing(looked, arguments.apply ? Apply::Yes : Apply::No, console))
        return *code;
    const auto code =
        say_done(arguments.folder, studio::write_captioning(request, plan), arguments.all, console);
    return plan.stopped ? base::exit_code(base::ErrorCode::Interrupted) : code;
}

void add_caption_write(CLI::App& group, const CommandAdder& add, CaptionWriteArguments& write) {
    auto* sub = add.command(
        group, "write", "Write sentences as captions, by a captioner that looks at the images.",
        "  lorikeet caption write birds --model blip-image-captioning-large             show what would be "
        "written\n"
        "  lorikeet caption write birds --model blip-image-captioning-large --apply\n"
        "  lorikeet caption write birds --model blip-image-captioning-large --prompt \"a photograph of\" "
        "--beams 3\n"
        "  lorikeet dataset undo birds                                                  take it back",
        [&write](Console& console) { return caption_write(write, console); });
    sub->add_option("folder", write.folder, "The folder of the images.")->required()->type_name("FILE");
    add_options_of(*sub, settings::schema<settings::Captioning>(), write.changes);
    add_caption_extensions(*sub, write.caption_extensions);
    sub->add_option("--settings", write.settings, "A TOML file with these settings; options win over it.")
        ->type_name("FILE");
    sub->add_option("--image", write.images, "An image that is meant; may be given again. Else all.")
        ->expected(1)
        ->take_all()
        ->type_name("FILE");
    sub->add_flag("--apply", write.apply, "Do it; else it is only shown.");
    sub->add_flag("--all", write.all, "Show every caption.");
}

}  // namespace lorikeet::cli
