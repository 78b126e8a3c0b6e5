// The run directory: all that a run writes, and the only thing that anybody else reads.
//
// Source   docs/formats/run-directory.md has every file and every field.
// Throws   Error{Conflict} when a run is in the way or another process holds it; Error{NotFound} for a folder that is none.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::train {

// What others may ask of a living run, through its `control` file.
enum class Request { Stop, Save, Sample };
std::string_view name_of(Request request);

class RunDir {
  public:
    enum class Existing { Refuse, Replace };

    // A new folder `folder/name`. With Replace, a run of that name that nobody holds is removed first.
    static RunDir create(const base::Path& folder, const std::string& name, Existing existing);
    // One that is there, known by its job.toml. Looks and makes nothing.
    static RunDir open(const base::Path& path);
    // The names alone: nothing is looked at and nothing made.
    static RunDir at(base::Path path) { return RunDir(std::move(path)); }
    // Nothing lies there, or nothing but what a start leaves behind that never came to its job.
    static bool is_free(const base::Path& path);

    const base::Path& path() const { return path_; }
    std::string name() const { return path_.filename().string(); }
    base::Path job_file() const { return path_ / "job.toml"; }
    base::Path events_file() const { return path_ / "events.jsonl"; }
    base::Path log_file() const { return path_ / "log.txt"; }
    base::Path tensorboard() const { return path_ / "tensorboard"; }
    base::Path samples() const { return path_ / "samples"; }
    base::Path checkpoints() const { return path_ / "checkpoints"; }
    base::Path state_file() const { return path_ / "state" / "state.safetensors"; }
    base::Path saved_list() const { return path_ / "checkpoints.jsonl"; }
    base::Path control_file() const { return path_ / "control"; }
    base::Path lock_file() const { return path_ / "lock"; }
    base::Path launches() const { return path_ / "launch"; }

    // Makes the folders that a run writes to, where they are missing.
    void ensure_folders() const;
    // Held as long as the run works in here. Throws Error{Conflict} naming the pid of who holds it.
    base::FileLock lock() const;
    // The pid of the living process that holds the lock; 0 when nobody does.
    int holder() const;

    // Leaves a request for the run; safe beside a running process, from any number of others.
    void ask(Request request) const;
    // Takes what was asked for since the last call; unknown words are passed over.
    std::vector<Request> take_requests() const;

  private:
    explicit RunDir(base::Path path) : path_(std::move(path)) {}
    base::Path path_;
};

}  // namespace lorikeet::train
