#include "widgets/run_follower.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "studio/image_folder.hpp"

namespace lorikeet::widgets {

using namespace std::chrono_literals;

namespace {

constexpr auto kLookPause = 500ms;
constexpr int kMostPolls = 256;  // of megabytes each: a run of any length in a few looks
constexpr std::size_t kLogLines = 60;
constexpr std::int64_t kThumbnail_px = 256;

}  // namespace

std::string small_sample(const base::Path& file) {
    try {
        return studio::small_png(file, kThumbnail_px);
    } catch (const base::Error&) {
        return {};
    }
}

struct RunFollower::Trail {
    Trail(const base::Path& folder, base::Path working) : watch(folder), working_folder(std::move(working)) {}
    studio::RunWatch watch;
    base::Path working_folder;
    std::optional<studio::LaunchedRun> launched;
};

RunFollower::RunFollower(Loop& loop, base::Path working_folder, std::function<void(const RunSnapshot&)> told)
    : loop_(loop), working_folder_(std::move(working_folder)), told_(std::move(told)), task_(loop) {}
RunFollower::~RunFollower() = default;

void RunFollower::follow(const base::Path& run_folder, std::optional<studio::LaunchedRun> launched) {
    leave();
    folder_ = run_folder;
    trail_ = std::make_shared<Trail>(run_folder, working_folder_);
    trail_->launched = std::move(launched);
    timer_ = loop_.every(kLookPause, [this] { look(); });
    look();
}

void RunFollower::leave() {
    timer_.reset();
    task_.stop();
    trail_.reset();
    folder_.clear();
}

void RunFollower::look() {
    if (trail_ == nullptr || task_.busy()) return;
    task_.start(
        [this, trail = trail_](base::Cancel&) -> BackgroundTask::Answer {
            const auto found = snapshot(*trail);
            return [this, found] { told_(found); };
        },
        [this](const base::Error& error) {
            RunSnapshot found;
            found.trouble = error.what();
            told_(found);
        });
}

RunSnapshot RunFollower::snapshot(Trail& trail) {
    RunSnapshot found;
    auto points_from = std::string::npos;
    auto samples_from = std::string::npos, warnings_from = std::string::npos;
    auto checkpoints_from = std::string::npos;
    for (int i = 0; i < kMostPolls; ++i) {
        const auto news = trail.watch.poll();
        if (news.replaced) {
            found.again = true;
            points_from = samples_from = warnings_from = checkpoints_from = 0;
        }
        if (news.points_from) points_from = std::min(points_from, *news.points_from);
        if (news.any) {
            samples_from = std::min(samples_from, news.samples_from);
            checkpoints_from = std::min(checkpoints_from, news.checkpoints_from);
            warnings_from = std::min(warnings_from, news.warnings_from);
        }
        if (!trail.watch.pending()) break;
    }
    const auto& view = trail.watch.view();
    const auto from = [](const auto& list, std::size_t first) {
        return list.begin() + static_cast<std::ptrdiff_t>(std::min(first, list.size()));
    };
    found.points.assign(from(view.points, points_from), view.points.end());
    for (auto at = from(view.samples, samples_from); at != view.samples.end(); ++at) {
        auto sample = *at;
        sample.file = trail.working_folder / sample.file;
        const bool shown = view.samples.end() - at <= kNewestSamples;
        found.samples.push_back({sample, shown ? small_sample(sample.file) : ""});
    }
    found.warnings.assign(from(view.warnings, warnings_from), view.warnings.end());
    found.checkpoints.assign(from(view.checkpoints, checkpoints_from), view.checkpoints.end());
    found.state = view.state;
    found.pid = view.pid;
    found.status = view.status;
    found.answer = view.answer;
    found.end = view.end;
    found.state_step = view.state_step;
    found.resumable = view.resumable;
    found.changed = view.changed;
    found.trouble = view.trouble;
    found.folder_gone = view.folder_gone;
    const double until = view.state == studio::RunState::Running ? base::unix_seconds() : view.changed;
    found.worked_s = view.worked_s(until);
    found.session_s = found.worked_s - view.earlier_s;
    if (!view.checkpoints.empty()) found.result = view.checkpoints.back().file.string();
    found.log = trail.watch.log_lines(kLogLines);
    if (trail.launched) found.launch = studio::look_at_launch(*trail.launched);
    return found;
}

}  // namespace lorikeet::widgets
