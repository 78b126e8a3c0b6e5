#include "studio/living_runs.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <random>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "studio/process.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;
using base::ErrorCode;
using nlohmann::json;

namespace {

constexpr int kTriesForTheLock = 100;  // of some 20 ms each
constexpr const char* kLockOfRecords = "records.lock";

base::Path with_ending(const base::Path& stem, const char* ending) { return stem.string() + ending; }

// The working folder may be gone, and then there is no absolute path.
base::Path absolute_of(const base::Path& folder) {
    std::error_code trouble;
    const auto place = fs::absolute(folder, trouble);
    return (trouble ? folder : place).lexically_normal();
}

std::string first_line(const base::Path& file) {
    std::ifstream stream(file);
    std::string line;
    std::getline(stream, line);
    return line;
}

// A home folder may serve several machines, and a machine is started again: pids count only within one boot.
std::string this_boot() { return first_line("/proc/sys/kernel/random/boot_id"); }

// When a process began, in ticks since the boot: pids are used again, this pair is not.
std::string start_of(int pid) {
    const auto stat = first_line(fmt::format("/proc/{}/stat", pid));
    const auto behind_name = stat.rfind(')');
    if (behind_name == std::string::npos) return {};
    const auto fields = base::split(stat.substr(behind_name + 1), " ");
    constexpr std::size_t kStart = 20;  // field 22, counted from the third, behind one blank
    return fields.size() > kStart ? fields[kStart] : std::string();
}

// Pids are told apart by nobody but their own machine and container; all of these may share one home folder.
std::string new_name() {
    std::random_device random;
    return fmt::format("{}-{}-{:08x}{:08x}", this_boot().substr(0, 8), ::getpid(), random(), random());
}

bool holds(const LivingRun& run) {
    std::error_code gone;
    try {
        return fs::is_directory(run.folder, gone) && train::RunDir::at(run.folder).holder() == run.pid;
    } catch (const base::Error&) {
        return false;
    }
}

std::optional<LivingRun> read_record(const base::Path& file) {
    const auto record = json::parse(std::ifstream(file), nullptr, false);
    if (!record.is_object() || record.value("boot", json()) != this_boot()) return std::nullopt;
    try {
        LivingRun run;
        run.name = record.at("name").get<std::string>();
        run.folder = record.at("folder").get<std::string>();
        run.pid = record.at("pid").get<int>();
        run.began = record.at("began").get<double>();
        run.record = base::Path(file).replace_extension();
        std::error_code unreachable;
        run.folder_gone = !fs::is_directory(run.folder, unreachable);
        return run;
    } catch (const json::exception&) {
        return std::nullopt;
    }
}

// Empty where a record does not say it.
std::string start_in(const json& record) {
    const auto start = record.is_object() ? record.find("start") : record.end();
    return start != record.end() && start->is_string() ? start->get<std::string>() : std::string();
}

base::Path mark_of(const LivingRun& run) { return with_ending(run.record, ".stop"); }

// A second signal ends a training without saving, so it is sent once, by whomever.
bool mark_as_asked(const LivingRun& run) {
    std::error_code trouble;
    const auto mark = mark_of(run);
    if (fs::exists(mark, trouble)) return false;
    std::ofstream(mark) << ::getpid() << '\n';
    return true;
}

void stop_by_signal(const LivingRun& run) {
    const auto record = json::parse(std::ifstream(with_ending(run.record, ".json")), nullptr, false);
    const auto start = start_in(record);
    if (start.empty() || start != start_of(run.pid) || !lives(with_ending(run.record, ".lock")))
        base::fail(ErrorCode::Conflict, fmt::format("{} has ended meanwhile.", run.name),
                   "There is nothing to stop any more.");
    if (!mark_as_asked(run))
        base::fail(ErrorCode::Conflict, fmt::format("{} was asked to stop already.", run.name),
                   fmt::format("It finishes its step first. To end it at once: kill -9 {}", run.pid));
    if (::kill(run.pid, SIGTERM) != 0) {
        std::error_code ignored;
        fs::remove(mark_of(run), ignored);  // nobody was asked
        base::fail(ErrorCode::Io, fmt::format("Process {} cannot be stopped from here.", run.pid),
                   fmt::format("Stop it where it was started, or with: kill {}", run.pid));
    }
}

void remove_record(const base::Path& record) {
    std::error_code ignored;
    for (const auto* ending : {".json", ".stop", ".lock"}) fs::remove(with_ending(record, ending), ignored);
}

// What processes left behind that were killed. Only under the lock of the records: nobody writes one meanwhile.
void remove_old_records(const base::Path& folder) {
    std::error_code trouble;
    std::vector<base::Path> old;
    for (fs::directory_iterator at(folder, trouble), end; !trouble && at != end; at.increment(trouble))
        if (at->path().extension() == ".lock" && at->path().filename() != kLockOfRecords &&
            !lives(at->path()))
            old.push_back(base::Path(at->path()).replace_extension());
    for (const auto& record : old) remove_record(record);
}

std::optional<base::FileLock> lock_records(const base::Path& folder) {
    for (int tries = 0; tries < kTriesForTheLock; ++tries)
        if (auto lock = base::FileLock::try_take(folder / kLockOfRecords)) return lock;
    return std::nullopt;
}

}  // namespace

base::Path records_folder() {
    if (const char* given = std::getenv("LORIKEET_RUNNING_FOLDER"); given && *given) return given;
    if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
        return base::Path(cache) / "lorikeet" / "running";
    if (const char* home = std::getenv("HOME"); home && *home)
        return base::Path(home) / ".cache" / "lorikeet" / "running";
    std::error_code trouble;
    const auto temporary = fs::temp_directory_path(trouble);
    return (trouble ? base::Path("/tmp") : temporary) / fmt::format("lorikeet-{}", ::getuid()) / "running";
}

std::vector<LivingRun> living_runs() {
    std::vector<LivingRun> runs;
    std::error_code trouble;
    for (fs::directory_iterator at(records_folder(), trouble), end; !trouble && at != end;
         at.increment(trouble)) {
        if (at->path().extension() != ".json" || !lives(base::Path(at->path()).replace_extension(".lock")))
            continue;
        if (auto run = read_record(at->path())) runs.push_back(std::move(*run));
    }
    std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a.began < b.began; });
    return runs;
}

std::optional<LivingRun> living_run_in(const base::Path& run_folder) {
    const auto wanted = absolute_of(run_folder);
    for (auto& run : living_runs())
        if (run.folder == wanted) return std::move(run);
    return std::nullopt;
}

void stop_living(const LivingRun& run) {
    if (holds(run)) return train::RunDir::at(run.folder).ask(train::Request::Stop);
    stop_by_signal(run);
}

void expect_no_other_run() {
    const auto runs = living_runs();
    if (runs.empty()) return;
    const auto& other = runs.front();
    base::fail(ErrorCode::Conflict,
               fmt::format("{} is training on this machine (process {}, {}).", other.name, other.pid,
                           other.folder.string()),
               fmt::format("Wait for it, stop it (lorikeet stop {}), or train beside it: --also.",
                           other.folder.string()));
}

RunRecord::RunRecord(const base::Path& run_folder, Others others) {
    constexpr const char* kUnseen = "Other starts on this machine will not see this run: {}";
    try {
        const auto folder = records_folder();
        std::error_code trouble;
        fs::create_directories(folder, trouble);
        const auto lock = lock_records(folder);
        if (lock)
            remove_old_records(folder);
        else
            trouble_ = fmt::format(
                "Another process keeps {} locked, so a training that starts at this moment may go unnoticed.",
                (folder / kLockOfRecords).string());
        if (others == Others::Refuse) expect_no_other_run();
        write(folder, run_folder);
    } catch (const base::Error& error) {
        if (error.code() == ErrorCode::Conflict) throw;
        trouble_ = fmt::format(kUnseen, error.what());
    } catch (const std::exception& error) {
        trouble_ = fmt::format(kUnseen, error.what());
    }
}

void RunRecord::write(const base::Path& folder, const base::Path& run_folder) {
    const auto name = folder / new_name();
    lock_ = base::FileLock::try_take(with_ending(name, ".lock"));
    if (!lock_)
        base::fail(ErrorCode::Io, fmt::format("another process holds {}.lock.", name.string()),
                   "Look there for what runs.");
    record_ = name;
    const auto place = absolute_of(run_folder);
    const json record{
        {"name", place.filename().string()}, {"folder", place.string()}, {"pid", ::getpid()},
        {"start", start_of(::getpid())},     {"boot", this_boot()},      {"began", base::unix_seconds()}};
    base::write_whole(with_ending(record_, ".json"),
                      record.dump(-1, ' ', false, json::error_handler_t::replace) + "\n");
}

RunRecord::~RunRecord() {
    if (lock_) remove_record(record_);
}

}  // namespace lorikeet::studio
