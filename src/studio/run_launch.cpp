#include "studio/run_launch.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>

#include <fmt/format.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "settings/toml.hpp"
#include "studio/living_runs.hpp"
#include "studio/process.hpp"
#include "studio/workspace.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;
using base::ErrorCode;

namespace {

// The files of one launch have one stem: the job that was given, what the process said, and its pid.
base::Path new_launch(const train::RunDir& dir) {
    std::error_code trouble;
    fs::create_directories(dir.launches(), trouble);
    if (trouble)
        base::fail(
            ErrorCode::Io,
            fmt::format("Could not make the folder {}: {}.", dir.launches().string(), trouble.message()),
            "Choose a folder that you may write to (output.folder).");
    static std::atomic<int> count{0};
    // Sorted by name is sorted by time.
    return dir.launches() / fmt::format("{:.3f}-{}-{}", base::unix_seconds(), ::getpid(), ++count);
}

base::Path beside_stem(const base::Path& stem, const char* ending) { return stem.string() + ending; }

LaunchedRun launch(const train::RunDir& dir, const base::Path& stem, std::vector<std::string> words,
                   const LaunchPlace& place) {
    LaunchedRun launched;
    launched.run_folder = dir.path();
    launched.output = beside_stem(stem, ".txt");
    const auto program = place.program.empty() ? own_program() : place.program;
    launched.pid = start_process({program, std::move(words), place.working_folder, launched.output});
    base::write_whole(beside_stem(stem, ".pid"), fmt::format("{}\n", launched.pid));
    return launched;
}

void expect_not_held(const train::RunDir& dir) {
    if (dir.holder() != 0)
        base::fail(ErrorCode::Conflict,
                   fmt::format("A training is going on in {} right now.", dir.path().string()),
                   "Choose another name (output.name), or stop it first.");
}

[[noreturn]] void fail_in_the_way(const train::RunDir& dir) {
    const auto another = next_free_name(dir.path().parent_path(), dir.name());
    base::fail(
        ErrorCode::Conflict, fmt::format("{} exists already.", dir.path().string()),
        fmt::format("Choose another name, such as {}; go on with that run; or let it be replaced.", another));
}

// The same as the command line says, in the words of a page.
void expect_machine_free() {
    const auto runs = living_runs();
    if (runs.empty()) return;
    base::fail(ErrorCode::Conflict, fmt::format("{} is training now.", runs.front().name),
               "One training at a time: wait for it, or stop it first.");
}

base::Path absolute_in(const base::Path& working_folder, const base::Path& path) {
    return fs::absolute(working_folder / path).lexically_normal();
}

}  // namespace

LaunchedRun launch_training(const settings::Job& job, Existing existing, const LaunchPlace& place) {
    const auto folder = absolute_in(place.working_folder, base::Path(job.output.folder) / job.output.name);
    const auto dir = train::RunDir::at(folder);
    if (job.output.name.empty())
        base::fail(ErrorCode::InvalidInput, "The run has no name.", "Give it one: output.name.");
    expect_machine_free();
    if (!train::RunDir::is_free(folder)) {
        expect_not_held(dir);
        const bool replaces = existing == Existing::Replace && base::is_there(dir.job_file());
        if (!replaces) fail_in_the_way(dir);
    }
    const auto stem = new_launch(dir);
    const auto job_file = beside_stem(stem, ".toml");
    base::write_whole(job_file, settings::write_job(job));
    std::vector<std::string> words{"train", job_file.string()};
    if (existing == Existing::Replace) words.emplace_back("--overwrite");
    return launch(dir, stem, std::move(words), place);
}

LaunchedRun launch_resume(const base::Path& run_folder, const FurtherThan& further,
                          const LaunchPlace& place) {
    const auto folder = absolute_in(place.working_folder, run_folder);
    const auto dir = train::RunDir::open(folder);
    expect_not_held(dir);
    expect_machine_free();
    std::vector<std::string> words{"resume", folder.string()};
    if (further.steps) words.insert(words.end(), {"--steps", std::to_string(*further.steps)});
    if (further.epochs) words.insert(words.end(), {"--epochs", std::to_string(*further.epochs)});
    for (const auto& change : further.changes)
        words.insert(words.end(), {"--set", change.path + "=" + change.text});
    if (further.accept_changes) words.emplace_back("--accept-changes");
    return launch(dir, new_launch(dir), std::move(words), place);
}

LaunchLook look_at_launch(const LaunchedRun& launched) {
    LaunchLook look;
    const auto dir = train::RunDir::at(launched.run_folder);
    // Asked first: a process that ends between two questions has ended, not failed to begin.
    const bool living = lives(launched.output);
    const int holder = dir.holder();
    const auto words = last_words(launched.output);
    look.said = words.all;
    if (living) {
        look.state = holder != 0 ? LaunchState::Working : LaunchState::Starting;
        return look;
    }
    look.state = words.cause.empty() ? LaunchState::Ended : LaunchState::Failed;
    // The person never saw that file; what is in it is the job.
    const auto job_file = base::Path(launched.output).replace_extension(".toml").string();
    look.cause = base::replace_all(words.cause, job_file, "the job");
    look.hint = words.hint;
    if (look.state == LaunchState::Ended && words.all.empty()) {
        const bool gone = !base::is_there(launched.output);
        look.state = LaunchState::Failed;
        look.cause = gone ? "The folder of this run was deleted during training."
                          : "The training ended without a message.";
        look.hint = gone ? "Resume it if that is offered; else start it again."
                         : "It may have run out of memory: choose a smaller data.batch or data.resolution.";
    }
    return look;
}

std::optional<LaunchedRun> last_launch(const base::Path& run_folder) {
    const auto dir = train::RunDir::at(run_folder);
    std::vector<base::Path> outputs;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(dir.launches(), ignored))
        if (entry.path().extension() == ".txt") outputs.push_back(entry.path());
    if (outputs.empty()) return std::nullopt;
    LaunchedRun launched;
    launched.run_folder = run_folder;
    launched.output = *std::max_element(outputs.begin(), outputs.end());
    try {
        const auto text = base::read_text(base::Path(launched.output).replace_extension(".pid"));
        std::from_chars(text.data(), text.data() + text.size(), launched.pid);
    } catch (const base::Error&) {
        launched.pid = 0;  // it was never known
    }
    return launched;
}

}  // namespace lorikeet::studio
