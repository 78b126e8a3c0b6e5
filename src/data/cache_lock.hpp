// Whether a folder of cached latents and captions is in use: trainings hold it, any number of them, and whoever tidies it
// up waits until none does. Let go when the process ends, however it ends.
#pragma once

#include <optional>
#include <utility>

#include "base/file.hpp"

namespace lorikeet::data {

// The file that is locked; a folder that has it is a cache.
constexpr const char* kCacheLockName = "lorikeet-cache.lock";

class CacheLock {
  public:
    // For a training; the folder is made. Nothing where it cannot be locked: somebody tidies it up right now, or nothing may
    // be written there. What goes meanwhile is made again, so that is no reason not to train.
    static std::optional<CacheLock> try_hold(const base::Path& folder) noexcept;
    // For whoever removes entries. Nothing while a training holds it. Throws what base::FileLock::try_take throws.
    static std::optional<CacheLock> try_clear(const base::Path& folder);

  private:
    explicit CacheLock(base::FileLock lock) : lock_(std::move(lock)) {}
    base::FileLock lock_;
};

}  // namespace lorikeet::data
