#include "studio/run_extend.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "settings/toml.hpp"
#include "studio/run_watch.hpp"
#include "studio/workspace.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;
using base::ErrorCode;

namespace {

[[noreturn]] void fail_schedule(const settings::Job& job, const RunSummary& run) {
    const auto start =
        run.result.empty()
            ? std::string("Start another run.")
            : fmt::format("Start another run from its LoRA: --adapter.start_from {}.", run.result);
    base::fail(
        ErrorCode::Conflict,
        fmt::format("The learning rate of {} falls towards the end that was planned (optim.schedule.shape = "
                    "\"{}\"), so the run cannot simply go on longer.",
                    run.name, say(job.optim.schedule.shape).word),
        start);
}

// The finished LoRA stays under a second name: a link costs no room, and the first name is taken anew at the end.
void keep_finished(const train::RunDir& dir, const std::string& name, std::int64_t step) {
    const auto finished = dir.checkpoints() / (name + ".safetensors");
    const auto kept = dir.checkpoints() / fmt::format("{}-step{:08d}.safetensors", name, step);
    std::error_code trouble;
    if (!fs::exists(finished, trouble) || fs::exists(kept, trouble)) return;
    fs::create_hard_link(finished, kept, trouble);
    if (trouble) fs::copy_file(finished, kept);
}

}  // namespace

void extend(const base::Path& run_folder, const FurtherThan& further) {
    if (!further.steps && !further.epochs) return;
    const auto dir = train::RunDir::open(run_folder);
    const auto lock = dir.lock();
    const auto run = summary_of(run_folder);
    RunWatch watch(run_folder);
    do watch.poll();
    while (watch.pending());
    auto reading = settings::read_job_file(dir.job_file());
    base::fail_if_any(reading.problems);
    auto& job = reading.job;
    if (job.optim.schedule.shape != settings::ScheduleShape::Constant) fail_schedule(job, run);
    if (further.steps && *further.steps <= run.step)
        base::fail(ErrorCode::Conflict, fmt::format("{} is at step {} already.", run.name, run.step),
                   fmt::format("Give a number above that: --steps {}.",
                               run.step + std::max<std::int64_t>(run.step, 100)));
    const auto epoch = watch.view().status.epoch;
    if (further.epochs && !further.steps && *further.epochs <= epoch)
        base::fail(
            ErrorCode::Conflict, fmt::format("{} is in epoch {} already.", run.name, epoch),
            fmt::format("Give a number above that: --epochs {}.", epoch + std::max<std::int64_t>(epoch, 1)));
    if (further.epochs) job.train.epochs = *further.epochs;
    job.train.steps = further.steps;  // unset: the epochs count
    keep_finished(dir, job.output.name, run.step);
    base::write_whole(dir.job_file(), settings::write_job(job));
}

}  // namespace lorikeet::studio
