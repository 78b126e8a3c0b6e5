#include "studio/existing_output.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "base/printable.hpp"
#include "studio/workspace.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

std::optional<ExistingOutput> look_at_output(const base::Path& run_folder) {
    if (train::RunDir::is_free(run_folder)) return std::nullopt;
    const auto dir = train::RunDir::at(run_folder);
    std::error_code trouble;
    ExistingOutput there;
    there.is_run = fs::exists(dir.job_file(), trouble);
    if (there.is_run) there.pid = dir.holder();
    there.next_free_name = next_free_name(run_folder.parent_path(), run_folder.filename().string());
    for (auto walk = fs::recursive_directory_iterator(run_folder,
                                                      fs::directory_options::skip_permission_denied, trouble);
         !trouble && walk != fs::recursive_directory_iterator(); walk.increment(trouble)) {
        std::error_code gone;  // a living run replaces its files
        if (!walk->is_regular_file(gone)) continue;
        const auto bytes = walk->file_size(gone);
        const auto time = walk->last_write_time(gone);
        if (gone) continue;
        there.bytes += bytes;
        there.changed = std::max(there.changed, base::unix_seconds_of(time));
        if (walk->path().parent_path() == dir.checkpoints())
            there.files.push_back(
                {fs::relative(walk->path(), run_folder, gone).string(), bytes, base::unix_seconds_of(time)});
    }
    std::sort(there.files.begin(), there.files.end(),
              [](const auto& a, const auto& b) { return a.changed > b.changed; });
    return there;
}

std::optional<base::Path> twin_of(const base::Path& run_folder) {
    const auto name = run_folder.filename().string(), seen = base::without_invisible(name);
    const auto runs = run_folder.has_parent_path() ? run_folder.parent_path() : base::Path(".");
    std::error_code trouble;
    for (auto at = fs::directory_iterator(runs, trouble); !trouble && at != fs::directory_iterator();
         at.increment(trouble)) {
        const auto other = at->path().filename().string();
        if (other != name && base::without_invisible(other) == seen && !train::RunDir::is_free(at->path()))
            return at->path();
    }
    return std::nullopt;
}

}  // namespace lorikeet::studio
