// tag: what a tagger would write, then the captions.
#include <algorithm>
#include <ostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/caption_diff.hpp"
#include "cli/commands.hpp"
#include "cli/dataset_at.hpp"
#include "cli/interrupt.hpp"
#include "cli/list_view.hpp"
#include "settings/field.hpp"
#include "settings/toml.hpp"
#include "studio/tag_desk.hpp"

namespace lorikeet::cli {

namespace {

constexpr double kSecondsBetweenTagLines = 10;

settings::Tagging tagging_of(const TagArguments& arguments) {
    settings::Tagging tagging;
    const auto text = arguments.settings.empty() ? std::string() : base::read_text(arguments.settings);
    auto problems = settings::read_settings(
        settings::schema<settings::Tagging>(), &tagging, text,
        arguments.settings.empty() ? "lorikeet tag" : arguments.settings.string(), arguments.changes);
    base::fail_if_any(problems);
    return tagging;
}

// One line that is drawn again, or one every ten seconds where that cannot be.
class TagReport {
  public:
    explicit TagReport(Console& console) : console_(console) {}
    void take(const studio::TagProgress& progress) {
        const auto line = tag_progress_line(progress);
        if (console_.err_screen.live) {
            console_.err << "\r\x1b[K" << fit(line, console_.err_screen.width - 1) << std::flush;
            drawn_ = true;
        } else if (progress.done == 0 || progress.done == progress.of ||
                   watch_.seconds() >= kSecondsBetweenTagLines) {
            watch_.restart();
            console_.err << line << std::endl;
        }
    }
    void end() {
        if (drawn_) console_.err << "\r\x1b[K" << std::flush;
    }

  private:
    Console& console_;
    base::Stopwatch watch_;
    bool drawn_ = false;
};

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
    console.out << fmt::format("\n{}: {} looked at, {} known from before, {} as {}.\n",
                               base::counted(plan.images, "image"), plan.looked_at, plan.known,
                               base::counted(plan.captions.same, "caption stays", "captions stay"),
                               plan.captions.same == 1 ? "it is" : "they are");
}

}  // namespace

std::string tag_progress_line(const studio::TagProgress& progress) {
    auto line = fmt::format("image {} of {}", progress.done, progress.of);
    if (progress.per_second > 0)
        line += fmt::format("   {:.2f} images/s   about {} left", progress.per_second,
                            base::human_seconds(progress.seconds_left));
    return line + "   " + base::printable(progress.device);
}

int tag_images(const TagArguments& arguments, Console& console) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    studio::TagRequest request{arguments.folder, {}, tagging_of(arguments)};
    auto extensions = caption_extensions_of(arguments.caption_extensions);
    if (std::find(extensions.begin(), extensions.end(), request.tagging.extension) == extensions.end())
        extensions.push_back(request.tagging.extension);
    const auto listing = dataset_at(arguments.folder, extensions, cancel);
    request.images = chosen_images(arguments.folder, arguments.images, listing);
    TagReport report(console);
    const auto plan = studio::plan_tags(
        request, listing, [&](const studio::TagProgress& progress) { report.take(progress); }, cancel);
    report.end();
    say_plan(plan, arguments, console);
    const auto stopped = base::exit_code(base::ErrorCode::Interrupted);
    if (plan.stopped)
        console.out << "You stopped it. What is done is kept: the same command goes on with the rest.\n";
    if (plan.captions.change.texts.empty()) {
        console.out << "Nothing is to be written.\n";
        return plan.stopped ? stopped : 0;
    }
    if (!arguments.apply) {
        console.out << fmt::format(
            "Nothing is changed yet. With --apply: {}; the scores are kept, so it is quick.\n",
            plan.captions.change.what);
        return plan.stopped ? stopped : 0;
    }
    const auto code = say_done(arguments.folder, studio::write_tags(request, plan), arguments.all, console);
    return plan.stopped ? stopped : code;
}

}  // namespace lorikeet::cli
