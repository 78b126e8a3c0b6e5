// runs, stop, save: what lies in the runs folder and what can be asked of it.
#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "studio/living_runs.hpp"
#include "studio/open_project.hpp"
#include "studio/workspace.hpp"

namespace lorikeet::cli {

namespace {

std::string steps_of(const studio::RunSummary& run) {
    if (run.total_steps > 0) return fmt::format("{}/{}", run.step, run.total_steps);
    return run.step > 0 ? fmt::format("{}", run.step) : "-";
}

std::string remark_on(const studio::RunSummary& run) {
    using studio::RunState;
    if (run.state == RunState::Running) {
        const std::string left =
            run.eta_seconds ? ", about " + base::human_seconds(*run.eta_seconds) + " left" : "";
        return fmt::format("{}, process {}{}", run.phase, run.pid, left);
    }
    if (run.state == RunState::Failed && !run.trouble.empty()) return run.trouble;
    if (run.resumable) return fmt::format("lorikeet resume {} goes on", run.name);
    return run.result;
}

std::string when(double changed) {
    if (changed <= 0) return "-";
    const double ago = std::max(0.0, base::unix_seconds() - changed);
    if (ago < 48 * 3600) return base::human_seconds(ago) + " ago";
    return fmt::format("{:.0f} days ago", ago / 86400);
}

Ink ink_of(studio::RunState state) {
    switch (state) {
        case studio::RunState::Running: return Ink::Bold;
        case studio::RunState::Finished: return Ink::Green;
        case studio::RunState::Stopped: return Ink::Yellow;
        case studio::RunState::Failed:
        case studio::RunState::CutOff: return Ink::Red;
    }
    return Ink::Bold;
}

std::string padded(const std::string& text, std::size_t columns) {
    const auto used = static_cast<std::size_t>(columns_of(text));
    return text + std::string(used < columns ? columns - used : 0, ' ');
}

// Trainings of this machine that are not in the list: in another folder, or without one.
void say_others(const std::vector<studio::RunSummary>& listed, Console& console) {
    for (const auto& living : studio::living_runs()) {
        const bool is_listed =
            std::any_of(listed.begin(), listed.end(), [&](const auto& run) { return run.pid == living.pid; });
        if (is_listed) continue;
        const auto folder = base::printable(living.folder.string());
        console.out << fmt::format(
            "{} runs in {}{} (process {}): lorikeet stop {}\n", base::printable(living.name), folder,
            living.folder_gone ? ", which was deleted or moved" : "", living.pid, folder);
    }
}

}  // namespace

int runs(const RunsArguments& arguments, Console& console) {
    if (arguments.folder.empty()) studio::enter_open_project();
    const auto folder = arguments.folder.empty() ? base::Path("runs") : arguments.folder;
    const auto found = studio::list_runs(folder);
    if (found.empty()) {
        console.out << "There are no runs in " << base::printable(folder.string())
                    << ". lorikeet train job.toml starts one.\n";
        say_others(found, console);
        return 0;
    }
    std::size_t widest = 4;
    for (const auto& run : found)
        widest = std::max(widest, static_cast<std::size_t>(columns_of(base::printable(run.name))));
    console.out << padded("run", widest) << "  state     step         loss    last seen\n";
    for (const auto& run : found) {
        const std::string loss = run.loss ? fmt::format("{:.4f}", *run.loss) : "-";
        const std::string state = padded(std::string(studio::words_for(run.state)), 8);
        console.out << fmt::format("{}  {}  {:<11}  {:<6}  {:<16}  {}\n",
                                   padded(base::printable(run.name), widest),
                                   inked(ink_of(run.state), state, console.out_screen), steps_of(run), loss,
                                   when(run.changed), base::printable(remark_on(run)));
    }
    say_others(found, console);
    return 0;
}

int stop(const RunArguments& arguments, Console& console) {
    const auto folder = studio::find_run_here(arguments.run);
    studio::ask_run(folder, studio::RunRequest::Stop);
    console.out << "Asked " << base::printable(folder.filename().string())
                << " to finish its step, save and stop.\n";
    return 0;
}

int save(const RunArguments& arguments, Console& console) {
    const auto folder = studio::find_run_here(arguments.run);
    studio::ask_run(folder, studio::RunRequest::Save);
    console.out << "Asked " << base::printable(folder.filename().string())
                << " to save a finished file and go on.\n";
    return 0;
}

}  // namespace lorikeet::cli
