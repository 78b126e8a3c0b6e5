#include "train/run_dir.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"

namespace lorikeet::train {

namespace fs = std::filesystem;
using base::ErrorCode;
using base::fail;

std::string_view name_of(Request request) {
    switch (request) {
        case Request::Stop: return "stop";
        case Request::Save: return "save";
        case Request::Sample: return "sample";
    }
    return "";
}

namespace {

// The lock is held, and stays, or another process could hold one that nobody sees any more. What says that this is a run
// goes last: when the removal is cut off, the rest can still be replaced.
void clear(const RunDir& run) {
    for (const auto& entry : fs::directory_iterator(run.path()))
        if (entry.path() != run.job_file() && entry.path() != run.lock_file() &&
            entry.path() != run.launches())
            fs::remove_all(entry.path());
    fs::remove(run.job_file());
}

}  // namespace

RunDir RunDir::create(const base::Path& folder, const std::string& name, Existing existing) {
    RunDir run(folder / name);
    if (!is_free(run.path())) {
        if (existing == Existing::Refuse)
            fail(ErrorCode::Conflict, fmt::format("{} exists already.", run.path().string()),
                 fmt::format("Give another name (output.name = \"{}_v2\"), go on with it (lorikeet resume "
                             "{}), or replace it "
                             "with --overwrite.",
                             name, run.path().string()));
        if (!base::is_there(run.job_file()))
            fail(ErrorCode::Conflict,
                 fmt::format("{} is not a run of Lorikeet and is not overwritten.", run.path().string()),
                 "Give another name (output.name).");
        const auto held = run.lock();
        clear(run);
    }
    run.ensure_folders();
    return run;
}

bool RunDir::is_free(const base::Path& path) {
    std::error_code trouble;
    if (!fs::exists(path, trouble)) return true;
    if (!fs::is_directory(path, trouble)) return false;
    const RunDir run(path);
    for (const auto& entry : fs::directory_iterator(path, trouble)) {
        const auto& there = entry.path();
        const bool before_a_run = there == run.launches() || there == run.lock_file() ||
                                  (entry.is_directory(trouble) && fs::is_empty(there, trouble));
        if (!before_a_run) return false;
    }
    return !trouble;
}

RunDir RunDir::open(const base::Path& path) {
    RunDir run(path.has_filename() ? path : path.parent_path());
    if (!base::is_there(run.job_file()))
        fail(ErrorCode::NotFound, fmt::format("{} is not a run: it has no job.toml.", path.string()),
             "Name the folder of a run, such as runs/my-lora; lorikeet runs lists them.");
    return run;
}

void RunDir::ensure_folders() const {
    for (const auto& folder : {path(), samples(), checkpoints(), state_file().parent_path(), tensorboard()}) {
        std::error_code trouble;
        fs::create_directories(folder, trouble);
        if (trouble)
            fail(ErrorCode::InvalidInput,
                 fmt::format("Could not make the folder {}: {}.", folder.string(), trouble.message()),
                 "Choose a folder that you may write to (output.folder).");
    }
}

base::FileLock RunDir::lock() const {
    auto lock = base::FileLock::try_take(lock_file());
    if (!lock)
        fail(ErrorCode::Conflict, fmt::format("Process {} is working in {}.", holder(), path_.string()),
             fmt::format("Wait for it, or stop it: lorikeet stop {}.", path_.string()));
    return std::move(*lock);
}

int RunDir::holder() const {
    if (!base::is_there(lock_file())) return 0;
    if (base::FileLock::try_peek(lock_file())) return 0;
    return std::atoi(base::read_text(lock_file()).c_str());
}

namespace {

// Opened and locked, so that nobody reads it before what was to be written is there.
class ControlFile {
  public:
    ControlFile(const base::Path& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
        while (fd_ >= 0 && ::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
        }
    }
    ~ControlFile() {
        if (fd_ >= 0) ::close(fd_);
    }
    ControlFile(const ControlFile&) = delete;
    ControlFile& operator=(const ControlFile&) = delete;
    bool is_open() const { return fd_ >= 0; }
    // False when it was taken away between its opening and its lock.
    bool has_name() const {
        struct stat facts {};
        return ::fstat(fd_, &facts) == 0 && facts.st_nlink > 0;
    }
    bool write(const std::string& line) const {
        return ::write(fd_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    }

  private:
    int fd_;
};

}  // namespace

void RunDir::ask(Request request) const {
    const auto line = fmt::format("{}\n", name_of(request));
    for (;;) {
        const ControlFile control(control_file(), O_WRONLY | O_CREAT | O_APPEND);
        if (control.is_open() && !control.has_name()) continue;
        if (control.is_open() && control.write(line)) return;
        fail(ErrorCode::Io, fmt::format("Could not write {}.", control_file().string()));
    }
}

std::vector<Request> RunDir::take_requests() const {
    const auto taken = base::Path(control_file().string() + ".taken");
    const ControlFile control(control_file(), O_RDONLY);
    // Renamed before it is read, so that a word written in between is not lost but found at the next call.
    if (!control.is_open() || ::rename(control_file().c_str(), taken.c_str()) != 0) return {};
    auto text = base::read_text(taken);
    // Whoever appends without the lock may have opened it and not written yet.
    for (int looks = 0; looks < 10 && !text.ends_with('\n'); ++looks) {
        ::usleep(5000);
        text = base::read_text(taken);
    }
    ::unlink(taken.c_str());
    std::vector<Request> requests;
    for (const auto& line : base::split(text, "\n"))
        for (const auto request : {Request::Stop, Request::Save, Request::Sample})
            if (base::trim(line) == name_of(request)) requests.push_back(request);
    return requests;
}

}  // namespace lorikeet::train
