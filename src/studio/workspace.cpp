#include "studio/workspace.hpp"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "studio/living_runs.hpp"
#include "train/run_dir.hpp"
#include "train/run_log.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

// The last events, without reading what may be a million lines.
constexpr std::uintmax_t kTailBytes = 256 * 1024;

std::vector<base::Event> last_events(const base::Path& file) {
    std::error_code trouble;
    const auto size = fs::file_size(file, trouble);
    std::ifstream stream(file, std::ios::binary);
    if (trouble || !stream) return {};
    std::string line;
    if (size > kTailBytes) {
        stream.seekg(static_cast<std::streamoff>(size - kTailBytes));
        std::getline(stream, line);  // the rest of a line that was cut
    }
    std::vector<base::Event> events;
    while (std::getline(stream, line)) {
        // A living run may be in the middle of its last line; a killed one may have left half of one.
        try {
            events.push_back(train::parse_json_line(line));
        } catch (const base::Error&) {
            continue;
        }
    }
    return events;
}

std::optional<double> number_in(const base::Event& event, std::string_view name) {
    if (event.find(name) == nullptr) return std::nullopt;
    return event.number(name);
}

void take(RunSummary& run, const base::Event& event) {
    run.changed = event.number("time", run.changed);
    if (event.kind == "session") run.state = RunState::CutOff;
    if (event.kind == "phase") {
        run.phase = event.text("name");
        run.state = RunState::CutOff;  // what was said before ended another session of this run
    } else if (event.kind == "metrics") {
        run.step = static_cast<std::int64_t>(event.number("step"));
        run.total_steps = static_cast<std::int64_t>(event.number("total_steps"));
        run.loss = number_in(event, "smoothed_loss");
        run.eta_seconds = number_in(event, "eta_seconds");
    } else if (event.kind == "checkpoint") {
        run.result = event.text("file");
    } else if (event.kind == "end") {
        run.state = state_after(event.text("reason"));
        run.step = static_cast<std::int64_t>(event.number("step", static_cast<double>(run.step)));
        run.trouble = event.text("text");
        if (!event.text("file").empty()) run.result = event.text("file");
    }
}

bool is_run(const base::Path& folder) { return base::is_file(folder / "job.toml"); }

std::vector<std::string> run_names(const base::Path& runs_folder) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(runs_folder, ignored))
        if (is_run(entry.path())) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

std::string_view words_for(RunState state) {
    switch (state) {
        case RunState::Running: return "running";
        case RunState::Finished: return "finished";
        case RunState::Stopped: return "stopped";
        case RunState::Failed: return "failed";
        case RunState::CutOff: return "cut off";
    }
    return "";
}

RunState state_after(std::string_view reason) {
    if (reason == "finished") return RunState::Finished;
    if (reason == "stopped") return RunState::Stopped;
    if (reason == "failed") return RunState::Failed;
    return RunState::CutOff;
}

RunSummary summary_of(const base::Path& run_folder) {
    if (!is_run(run_folder))
        base::fail(base::ErrorCode::NotFound,
                   fmt::format("{} is not a run: it has no job.toml.", run_folder.string()),
                   "Name the folder of a run, such as runs/my-lora; lorikeet runs lists them.");
    const auto dir = train::RunDir::at(run_folder.has_filename() ? run_folder : run_folder.parent_path());
    RunSummary run;
    run.name = dir.name();
    run.folder = dir.path();
    for (const auto& event : last_events(dir.events_file())) take(run, event);
    run.pid = dir.holder();
    if (run.pid != 0) run.state = RunState::Running;
    run.resumable = run.state != RunState::Running && run.state != RunState::Finished &&
                    base::is_there(dir.state_file());
    return run;
}

std::vector<RunSummary> list_runs(const base::Path& runs_folder) {
    std::vector<RunSummary> runs;
    for (const auto& name : run_names(runs_folder)) runs.push_back(summary_of(runs_folder / name));
    std::stable_sort(runs.begin(), runs.end(),
                     [](const auto& a, const auto& b) { return a.changed > b.changed; });
    return runs;
}

base::Path find_run(std::string_view name_or_path, const base::Path& runs_folder) {
    const base::Path given(name_or_path);
    if (is_run(given)) return given;
    if (is_run(runs_folder / given)) return runs_folder / given;
    // A run that goes on elsewhere, or whose folder was deleted under it.
    for (const auto& living : living_runs())
        if (living.name == name_or_path || living.folder == fs::absolute(given).lexically_normal())
            return living.folder;
    const auto names = run_names(runs_folder);
    const auto near = base::nearest(name_or_path, names);
    std::string hint = "There are no runs here yet: lorikeet train job.toml starts one.";
    if (near)
        hint = fmt::format("Did you mean {}?", *near);
    else if (!names.empty())
        hint = fmt::format("The runs in {} are: {}.", runs_folder.string(), base::join(names, ", "));
    base::fail(base::ErrorCode::NotFound, fmt::format("There is no run called \"{}\".", name_or_path), hint);
}

// The process lives, and does not hold its folder: it begins only now, or the folder is gone.
void ask_without_folder(const LivingRun& run, RunRequest request) {
    if (request == RunRequest::Stop) return stop_living(run);
    if (!run.folder_gone)
        base::fail(base::ErrorCode::Conflict, fmt::format("{} is only starting.", run.name),
                   "Ask again in a moment.");
    base::fail(base::ErrorCode::Conflict,
               fmt::format("The folder of {} is gone, so nothing can be written there.", run.name),
               "Stop it: what it learned since the last save outside of that folder is lost.");
}

void ask_run(const base::Path& run_folder, RunRequest request) {
    const auto dir = train::RunDir::at(run_folder.has_filename() ? run_folder : run_folder.parent_path());
    const int holder = fs::is_directory(dir.path()) ? dir.holder() : 0;
    if (const auto living = living_run_in(dir.path()); living && living->pid != holder)
        return ask_without_folder(*living, request);
    if (holder == 0)
        base::fail(base::ErrorCode::Conflict,
                   fmt::format("No process is working on {}.", run_folder.string()),
                   fmt::format("lorikeet resume {} goes on with it.", run_folder.string()));
    switch (request) {
        case RunRequest::Stop: return dir.ask(train::Request::Stop);
        case RunRequest::Save: return dir.ask(train::Request::Save);
        case RunRequest::Sample: return dir.ask(train::Request::Sample);
    }
}

std::string next_free_name(const base::Path& runs_folder, std::string_view name) {
    std::string stem(name);
    int version = 1;
    const auto mark = stem.rfind("_v");
    const std::string digits = mark == std::string::npos ? "" : stem.substr(mark + 2);
    if (!digits.empty() && digits.size() < 6 && digits.find_first_not_of("0123456789") == std::string::npos) {
        version = std::stoi(digits);
        stem.resize(mark);
    }
    std::string candidate;
    do candidate = fmt::format("{}_v{}", stem, ++version);
    while (!train::RunDir::is_free(runs_folder / candidate));
    return candidate;
}

}  // namespace lorikeet::studio
