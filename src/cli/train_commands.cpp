// train and resume.
#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "base/log.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/plan_view.hpp"
#include "cli/report.hpp"
#include "cli/train_view.hpp"
#include "settings/toml.hpp"
#include "studio/open_project.hpp"
#include "studio/run_extend.hpp"
#include "studio/train_desk.hpp"
#include "studio/workspace.hpp"

namespace lorikeet::cli {

namespace {

// A wrong setting must not hide a missing folder, nor be told twice.
std::vector<base::Problem> all_problems(std::vector<base::Problem> of_settings,
                                        const std::vector<base::Problem>& of_plan) {
    for (const auto& problem : of_plan) {
        const bool told =
            std::any_of(of_settings.begin(), of_settings.end(), [&](const base::Problem& other) {
                return other.where == problem.where ||
                       (!problem.where.empty() && other.what.find(problem.where) == 0);
            });
        if (!told) of_settings.push_back(problem);
    }
    return of_settings;
}

studio::Others others(bool also) { return also ? studio::Others::Allow : studio::Others::Refuse; }

bool names_folders(const settings::Job& job) {
    return !job.data.subsets.empty() && std::none_of(job.data.subsets.begin(), job.data.subsets.end(),
                                                     [](const auto& s) { return s.folder.empty(); });
}

// Runs the work with the view that fits the terminal, Ctrl-C asking politely.
int watched(Console& console, const std::string& name, base::Cancel& cancel,
            const std::function<studio::TrainResult(base::EventSink&)>& work) {
    const auto view = make_train_view(console, name);
    base::set_log_level(base::LogLevel::Quiet);
    studio::TrainResult result;
    {
        const Heartbeat heartbeat(*view, [&] { return cancel.stop_requested(); });
        result = work(*view);
    }
    if (!result.stopped) return 0;
    console.out << "Go on with it: lorikeet resume " << base::printable(result.run_folder.string()) << '\n';
    return base::exit_code(base::ErrorCode::Interrupted);
}

}  // namespace

int train(const TrainArguments& arguments, Console& console) {
    if (!base::is_there(arguments.job_file))
        base::fail(base::ErrorCode::NotFound,
                   fmt::format("There is no job file {}.", arguments.job_file.string()),
                   "Check the path, or write one to start from: lorikeet settings --example > job.toml");
    auto changes = arguments.changes;
    if (!arguments.name.empty()) changes.push_back({"output.name", arguments.name});
    const auto job_file = std::filesystem::absolute(arguments.job_file);
    if (const auto project = studio::enter_open_project())
        console.out << "In the project " << base::printable(project->filename().string()) << ".\n";
    auto reading = settings::read_job_file(job_file, changes);
    studio::take_shared_inputs(reading.job);
    if (!arguments.plan_only && !arguments.also) studio::expect_no_other_run();
    const auto existing = arguments.overwrite ? studio::Existing::Replace : studio::Existing::Refuse;
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    if (!reading.problems.empty() && !names_folders(reading.job))
        return say_problems(console, arguments.job_file.string(), reading.problems);
    const auto plan = studio::plan(reading.job, existing, cancel);
    const auto problems = all_problems(std::move(reading.problems), plan.problems);
    if (!problems.empty()) return say_problems(console, arguments.job_file.string(), problems);
    console.out << plan_text(plan.job, plan, console.out_screen) << std::flush;
    if (arguments.plan_only) return 0;
    console.out << '\n';
    return watched(console, reading.job.output.name, cancel, [&](base::EventSink& sink) {
        return studio::train(reading.job, existing, sink, cancel, others(arguments.also));
    });
}

int resume(const ResumeArguments& arguments, Console& console) {
    if (!arguments.also) studio::expect_no_other_run();
    const auto folder = studio::find_run_here(arguments.run);
    const auto run = studio::summary_of(folder);
    auto changes = studio::extend(folder, {arguments.steps, arguments.epochs, {}, false});
    if (changes.empty() && run.state == studio::RunState::Finished)
        base::fail(
            base::ErrorCode::Conflict,
            fmt::format("{} is finished: {} {} done.", run.name, base::counted(run.step, "step"),
                        run.step == 1 ? "is" : "are"),
            fmt::format(
                "To train further, give it more (--steps {}), where its rate is constant; or start another "
                "run with --adapter.start_from {}.",
                2 * run.step, run.result));
    changes.insert(changes.end(), arguments.changes.begin(), arguments.changes.end());
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    return watched(console, folder.filename().string(), cancel, [&](base::EventSink& sink) {
        return studio::resume(folder, sink, cancel,
                              {changes, arguments.accept_changes, others(arguments.also)});
    });
}

}  // namespace lorikeet::cli
