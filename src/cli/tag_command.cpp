// tag: what a tagger would write, then the captions.
#include <ostream>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "cli/caption_diff.hpp"
#include "cli/commands.hpp"
#include "cli/dataset_at.hpp"
#include "cli/image_report.hpp"
#include "cli/interrupt.hpp"
#include "cli/list_view.hpp"
#include "settings/field.hpp"
#include "studio/tag_desk.hpp"

namespace lorikeet::cli {

namespace {

void say_tags(const studio::TagPlan& plan, std::int64_t top, Console& console) {
    const auto shown = std::min(plan.tags.size(), static_cast<std::size_t>(top));
    if (shown == 0) return;
    console.out << "\ntags by how many images they are written to:\n";
    for (std::size_t i = 0; i < shown; ++i)
        console.out << fmt::format("{:>6}  {}\n", plan.tags[i].second, base::printable(plan.tags[i].first));
    if (shown < plan.tags.size()) console.out << fmt::format("  and {} more\n", plan.tags.size() - shown);
}

void say_plan(const studio::TagPlan& plan, const TagArguments& arguments, Console& console) {
    console.out << base::printable(plan.tagger) << ".\n";
    for (const auto& note : plan.notes) console.out << note << '\n';
    const auto& texts = plan.captions.change.texts;
    say_list(console, "captions", texts.size(), arguments.all,
             [&](std::size_t i) { return diff_of(texts[i]); });
    say_kept(console, "left out", plan.captions.left_out, arguments.all);
    say_tags(plan, arguments.top, console);
}

}  // namespace

int tag_images(const TagArguments& arguments, Console& console) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    studio::TagRequest request{arguments.folder, {}, {}};
    read_command_settings(settings::schema<settings::Tagging>(), &request.tagging, arguments.settings,
                          arguments.changes, "lorikeet tag");
    const auto listing =
        listing_with(arguments.folder, arguments.caption_extensions, request.tagging.extension, cancel);
    request.images = chosen_images(arguments.folder, arguments.images, listing);
    ImageReport report(console);
    const auto plan = studio::plan_tags(
        request, listing, [&](const studio::ImageProgress& progress) { report.take(progress); }, cancel);
    report.end();
    say_plan(plan, arguments, console);
    const LookedAt looked{plan.captions, plan.images,  plan.looked_at, plan.known,
                          plan.stopped,  plan.is_kept, "scores"};
    say_looked_at(looked, console);
    if (const auto code = code_before_writing(looked, arguments.apply ? Apply::Yes : Apply::No, console))
        return *code;
    const auto code = say_done(arguments.folder, studio::write_tags(request, plan), arguments.all, console);
    return plan.stopped ? base::exit_code(base::ErrorCode::Interrupted) : code;
}

}  // namespace lorikeet::cli
