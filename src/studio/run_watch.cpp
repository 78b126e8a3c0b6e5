#include "studio/run_watch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include <fmt/format.h>

#include "base/error.hpp"
#include "studio/living_runs.hpp"
#include "studio/process.hpp"
#include "studio/run_launch.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

// Lines that are no events at all, before it is said that this is not what we write.
constexpr std::size_t kManyStrange = 20;
constexpr std::string_view kFirstPhase = "reading images";

std::int64_t whole_number(const base::Event& event, std::string_view name) {
    return static_cast<std::int64_t>(event.number(name));
}

double number_or_nan(const base::Event& event, std::string_view name) {
    return event.number(name, std::numeric_limits<double>::quiet_NaN());
}

template <class List, class Same>
bool is_among(const List& list, const Same& same) {
    return std::any_of(list.begin(), list.end(), same);
}

}  // namespace

RunWatch::RunWatch(base::Path run_folder)
    : folder_(std::move(run_folder)), tail_(train::RunDir::at(folder_).events_file()) {
    view_.status.run = folder_.filename().string();
}

RunNews RunWatch::poll() {
    RunNews news;
    const auto look = tail_.look();
    pending_ = look.more;
    // What was known stays while there is nothing: the folder may have been deleted under a living run.
    std::error_code ignored;
    emptied_ = emptied_ || look.replaced;
    if (emptied_ && fs::exists(train::RunDir::at(folder_).events_file(), ignored)) {
        emptied_ = false;
        view_ = RunView();
        view_.status.run = folder_.filename().string();
        strange_ = 0;
        tells_sessions_ = false;
        news.any = news.replaced = true;
        news.points_from = 0;
    }
    news.samples_from = view_.samples.size();
    news.checkpoints_from = view_.checkpoints.size();
    news.warnings_from = view_.warnings.size();
    const auto parsed = parse_events(look.lines);
    strange_ += parsed.strange;
    for (const auto& event : parsed.events) take(event, news);
    if (!parsed.events.empty()) news.any = true;
    judge(news);
    return news;
}

double RunView::worked_s(double until) const {
    return earlier_s + (session_began > 0 ? std::max(0.0, until - session_began) : 0);
}

// A session begins with the first event, after an "end", and, where a killed one left none, with its first phase.
void RunWatch::take_time(const base::Event& event) {
    const double time = event.number("time", view_.changed);
    tells_sessions_ = tells_sessions_ || event.kind == "session";
    const bool first = tells_sessions_ ? event.kind == "session"
                                       : event.kind == "phase" && event.text("name") == kFirstPhase;
    const bool again = first || (view_.end.has_value() && !tells_sessions_);
    if (view_.session_began == 0) view_.session_began = time;
    if (again && event.kind != "end") {
        view_.earlier_s += std::max(0.0, view_.changed - view_.session_began);
        view_.session_began = time;
        view_.answer.reset();
    }
    view_.changed = time;
}

void RunWatch::take(const base::Event& event, RunNews& news) {
    take_time(event);
    view_.status.take(event, view_.changed);
    view_.status.began = view_.session_began;
    const auto name = base::Path(event.text("file")).filename();
    const auto dir = train::RunDir::at(folder_);
    if (event.kind != "end") view_.end.reset();  // a new session
    if (event.kind == "metrics") {
        take_metrics(event, news);
    } else if (event.kind == "validation") {
        take_validation(event, news);
    } else if (event.kind == "sample") {
        const auto file = dir.samples() / name;
        // Generated again after a kill: the file was written over.
        if (!is_among(view_.samples, [&](const auto& other) { return other.file == file; }))
            view_.samples.push_back({file, event.text("prompt"), whole_number(event, "step")});
    } else if (event.kind == "checkpoint") {
        const auto file = dir.checkpoints() / name;
        std::erase_if(view_.checkpoints, [&](const auto& other) { return other.file == file; });
        view_.checkpoints.push_back({file, whole_number(event, "step")});
        news.checkpoints_from = std::min(news.checkpoints_from, view_.checkpoints.size() - 1);
    } else if (event.kind == "warning") {
        const auto text = event.text("text");
        if (!is_among(view_.warnings, [&](const auto& other) { return other == text; }))
            view_.warnings.push_back(text);
    } else if (event.kind == "request") {
        view_.answer = RunAnswer{event.text("request"), event.text("answer"), event.text("text"), ++answers_};
    } else if (event.kind == "state") {
        view_.state_step = whole_number(event, "step");
    } else if (event.kind == "end") {
        view_.end = RunEnd{state_after(event.text("reason")),
                           event.text("text"),
                           event.text("hint"),
                           event.find("step") ? whole_number(event, "step") : view_.status.step,
                           name.empty() ? base::Path() : dir.checkpoints() / name,
                           event.text("unsaved")};
    }
}

void RunWatch::take_metrics(const base::Event& event, RunNews& news) {
    RunPoint point;
    point.step = whole_number(event, "step");
    point.loss = number_or_nan(event, "loss");
    point.smoothed_loss = number_or_nan(event, "smoothed_loss");
    point.lr = number_or_nan(event, "lr");
    point.lr_text = number_or_nan(event, "lr_text");
    point.seconds_per_step = number_or_nan(event, "seconds_per_step");
    point.memory_bytes = number_or_nan(event, "memory_bytes");
    auto& points = view_.points;
    // Taken up from an earlier state after a kill: what came after that state never was.
    const auto from =
        std::lower_bound(points.begin(), points.end(), point.step,
                         [](const RunPoint& one, std::int64_t step) { return one.step < step; });
    points.erase(from, points.end());
    points.push_back(point);
    news.points_from = std::min(news.points_from.value_or(points.size() - 1), points.size() - 1);
}

void RunWatch::take_validation(const base::Event& event, RunNews& news) {
    auto& points = view_.points;
    const auto step = whole_number(event, "step");
    const auto at =
        std::find_if(points.rbegin(), points.rend(), [&](const auto& one) { return one.step == step; });
    if (at == points.rend()) return;
    at->validation_loss = number_or_nan(event, "loss");
    const auto index = static_cast<std::size_t>(std::distance(at, points.rend())) - 1;
    news.points_from = std::min(news.points_from.value_or(index), index);
}

// What no event tells: whether a process works here, and what is wrong with the folder.
void RunWatch::judge(RunNews& news) {
    const auto dir = train::RunDir::at(folder_);
    const auto before = std::tuple(view_.state, view_.pid, view_.trouble, view_.resumable);
    std::error_code ignored;
    view_.pid = 0;
    view_.trouble.clear();
    view_.folder_gone = false;
    bool starting = false;
    try {
        view_.pid = fs::is_directory(folder_, ignored) ? dir.holder() : 0;
        if (view_.pid == 0)
            if (const auto living = living_run_in(folder_)) {
                view_.pid = living->pid;
                view_.folder_gone = !fs::is_directory(folder_, ignored);
            }
        const auto launched = last_launch(folder_);
        starting = view_.pid == 0 && launched && lives(launched->output);
    } catch (const std::exception& error) {
        view_.trouble = error.what();
    }
    const bool living = view_.pid != 0 || starting;
    if (living)
        view_.state = RunState::Running;
    else
        view_.state = view_.end ? view_.end->state : RunState::CutOff;
    const bool has_job = fs::exists(dir.job_file(), ignored);
    if (view_.folder_gone)
        view_.trouble = fmt::format("{} is still training (process {}), and its folder was deleted or moved.",
                                    folder_.filename().string(), view_.pid);
    else if (!fs::is_directory(folder_, ignored))
        view_.trouble = fmt::format("There is no folder {}.", folder_.string());
    else if (!has_job && !living)
        view_.trouble =
            fmt::format("{} has no job.toml: it was never begun, or is no run.", folder_.string());
    else if (strange_ >= kManyStrange && view_.points.empty())
        view_.trouble =
            "events.jsonl holds nothing that this version understands. Was it written by a newer one?";
    view_.resumable = !living && has_job && fs::exists(dir.state_file(), ignored) &&
                      view_.state != RunState::Finished;
    if (before != std::tuple(view_.state, view_.pid, view_.trouble, view_.resumable)) news.any = true;
}

std::vector<std::string> RunWatch::log_lines(std::size_t count) const {
    return last_lines(train::RunDir::at(folder_).log_file(), count);
}

}  // namespace lorikeet::studio
