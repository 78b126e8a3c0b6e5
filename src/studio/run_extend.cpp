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

// The finished LoRA stays under a second name: a link costs no room, and the first name is taken again at the end.
void keep_finished(const train::RunDir& dir, const std::string& name, std::int64_t step) {
    const auto finished = dir.checkpoints() / (name + ".safetensors");
    const auto kept = dir.checkpoints() / fmt::format("{}-step{:08d}.safetensors", name, step);
    std::error_code trouble;
    if (!fs::exists(finished, trouble) || fs::exists(kept, trouble)) return;
    fs::create_hard_link(finished, kept, trouble);
    if (trouble) fs::copy_file(finished, kept);
}

}  // namespace

std::vector<settings::Assignment> extend(const base::Path& run_folder, const FurtherThan& further) {
    if (!further.steps && !further.epochs) return {};
    const auto dir = train::RunDir::open(run_folder);
    const auto lock = dir.lock();
    const auto run = summary_of(run_folder);
    RunWatch watch(run_folder);
    do watch.poll();
    while (watch.pending());
    const auto reading = settings::read_job_file(dir.job_file());
    base::fail_if_any(reading.problems);
    const auto& job = reading.job;
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
    // A warm-up that is a share of the run would reach beyond where it stands; epochs are counted cautiously.
    const double warmup = job.optim.schedule.warmup;
    const auto fits = further.steps
                          ? warmup * static_cast<double>(*further.steps) <= static_cast<double>(run.step)
                          : warmup * static_cast<double>(*further.epochs) <= static_cast<double>(epoch - 1);
    if (warmup < 1 && warmup > 0 && !fits)
        base::fail(ErrorCode::Conflict,
                   fmt::format("The warm-up of {} is a share of its length ({}), and of that length it would "
                               "not be over yet.",
                               run.name, warmup),
                   "Give a smaller number, or start another run from its LoRA with adapter.start_from.");
    keep_finished(dir, job.output.name, run.step);
    std::vector<settings::Assignment> changes;
    if (further.epochs) changes.push_back({"train.epochs", fmt::format("{}", *further.epochs)});
    // Unset: the epochs count.
    changes.push_back({"train.steps", further.steps ? fmt::format("{}", *further.steps) : "unset"});
    return changes;
}

}  // namespace lorikeet::studio
