#include "widgets/living_line.hpp"

#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace lorikeet::widgets {

using namespace std::chrono_literals;
using Classes = std::vector<std::string>;

// The run that is followed; only what is new of it is read.
struct LivingLine::Trail {
    std::optional<studio::RunWatch> watch;
};

LivingLine::LivingLine(SharedStyles& styles, std::function<void()> show)
    : loop_(styles.registry().loop()), trail_(std::make_shared<Trail>()), task_(loop_) {
    Children parts;
    line_ = &put<Html>(parts, styles, "");
    put<Button>(parts, styles, ControlText{"Show the run", {}, {"lk-fix"}}, "eye", std::move(show));
    auto box =
        std::make_unique<Box>(styles, Box::Way::Down, std::move(parts), Classes{"lk-element", "lk-hidden"});
    box_ = box.get();
    control_ = std::move(box);
}

void LivingLine::begin() {
    look();
    if (!timer_) timer_ = loop_.every(2s, [this] { look(); });
}

LivingLine::Found LivingLine::look_at(Trail& trail) {
    const auto living = studio::living_runs();
    if (living.empty()) {
        trail.watch.reset();
        return {};
    }
    const auto& run = living.front();
    if (!trail.watch || trail.watch->folder() != run.folder) trail.watch.emplace(run.folder);
    do trail.watch->poll();
    while (trail.watch->pending());
    const auto& status = trail.watch->view().status;
    if (status.total_steps > 0)
        return {fmt::format("{} is training, step {} of {}.", run.name, status.step, status.total_steps),
                run.pid};
    return {fmt::format("{} is training.", run.name), run.pid};
}

void LivingLine::look() {
    if (task_.busy()) return;
    task_.start(
        [this, trail = trail_](base::Cancel&) -> BackgroundTask::Answer {
            const auto found = look_at(*trail);
            return [this, found] { take(found); };
        },
        [](const base::Error&) {});
}

void LivingLine::take(const Found& found) {
    const bool others = std::exchange(pid_, found.pid) != found.pid;
    text_ = found.words;
    line_->write(text_.empty() ? "" : fmt::format("<b>{}</b>", escape(text_)));
    box_->show(text_.empty() ? Shown::No : Shown::Yes);
    if (others && on_other_runs) on_other_runs();
}

}  // namespace lorikeet::widgets
