#include "widgets/other_runs.hpp"

#include <fmt/format.h>

namespace lorikeet::widgets {

using Classes = std::vector<std::string>;

OtherRuns::OtherRuns(SharedStyles& styles) : styles_(styles), stopping_(styles.registry().loop()) {
    box_ = &put<Box>(controls_, styles, Box::Way::Down, Children{}, Classes{"lk-hidden"});
}

void OtherRuns::show(const std::vector<studio::LivingRun>& living, const base::Path& shown_below) {
    Children rows;
    std::string known;
    for (const auto& run : living) {
        if (run.folder == shown_below) continue;
        known += fmt::format("{} {} {}\n", run.pid, run.folder_gone, run.folder.string());
        rows.push_back(row(run));
    }
    if (known == known_) return;  // a button that is made again loses the keyboard
    known_ = known;
    box_->show(rows.empty() ? Shown::No : Shown::Yes);
    box_->set_children(std::move(rows));
}

std::unique_ptr<Control> OtherRuns::row(const studio::LivingRun& run) {
    Children parts, buttons;
    put<Html>(
        parts, styles_,
        fmt::format("<b>{}</b> is training now, in {}{}. One training at a time.", escape(run.name),
                    escape(run.folder.string()), run.folder_gone ? ", which was deleted or moved" : ""));
    put<Button>(buttons, styles_, ControlText{fmt::format("Show {}", run.name), {}, {"lk-fix"}}, "eye",
                [this, folder = run.folder] { on_show(folder); });
    put<Button>(buttons, styles_, ControlText{fmt::format("Stop {}", run.name), {}, {"lk-fix"}}, "stop",
                [this, run] { stop(run); });
    put<Box>(parts, styles_, Box::Way::Across, std::move(buttons), Classes{"lk-buttons"});
    return std::make_unique<Box>(styles_, Box::Way::Down, std::move(parts), Classes{"lk-element"});
}

void OtherRuns::stop(const studio::LivingRun& run) {
    stopping_.start(
        [this, run](base::Cancel&) -> BackgroundTask::Answer {
            studio::stop_living(run);
            return [this, run] { on_stop(fmt::format("Stopping {} after its step.", run.name)); };
        },
        on_trouble);
}

}  // namespace lorikeet::widgets
