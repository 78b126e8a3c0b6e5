#include "studio/file_plan.hpp"

#include <atomic>
#include <mutex>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "data/decoding.hpp"
#include "studio/move_file.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

// New files wait in the trash, from where they are moved into their places; all of them go when this goes.
class WaitingFiles {
  public:
    WaitingFiles(base::Path folder, std::string place)
        : folder_(std::move(folder)), place_(std::move(place)) {}
    ~WaitingFiles() {
        std::error_code ignored;
        fs::remove_all(folder_ / place_, ignored);
    }
    WaitingFiles(const WaitingFiles&) = delete;
    WaitingFiles& operator=(const WaitingFiles&) = delete;

    std::string name_of(const std::string& file) const { return place_ + "/" + file; }
    void write(const std::string& file, const std::string& bytes) const {
        const auto path = folder_ / name_of(file);
        std::error_code trouble;
        fs::create_directories(path.parent_path(), trouble);
        base::write_whole(path, bytes);
    }

  private:
    base::Path folder_;
    std::string place_;
};

std::string made(const base::Path& folder, const PlannedEdit& planned) {
    const base::MappedFile file(folder / planned.from);
    const auto facts = io::peek_image(file.bytes(), planned.from);
    // Decoded, as it was, and as it becomes.
    const data::DecodingTurn turn(facts.decoding_bytes + facts.width_px * facts.height_px * 8);
    return io::edit_image(file.bytes(), planned.from, planned.edit);
}

// True where it was made.
std::vector<char> make_all(const base::Path& folder, const FilePlan& plan, const WaitingFiles& waiting,
                           const base::Cancel& cancel, const OnFileDone& on_done, ChangeOutcome& outcome) {
    std::vector<char> is_made(plan.edits.size(), 0);
    std::mutex guard;
    std::size_t done = 0;
    const auto work = [&](std::size_t i) {
        const auto& planned = plan.edits[i];
        std::vector<base::Problem> trouble;
        try {
            // Taken since the plan was made: then the old file must not go either.
            if (planned.to != planned.from && base::is_there(folder / planned.to))
                base::fail(base::ErrorCode::Conflict, fmt::format("{} is there already.", planned.to));
            waiting.write(planned.to, made(folder, planned));
            is_made[i] = 1;
        } catch (const base::Error& error) {
            if (error.code() == base::ErrorCode::NoSpace) throw;
            trouble.push_back({planned.from, error.what(), error.hint()});
        }
        const std::lock_guard lock(guard);
        outcome.not_done.insert(outcome.not_done.end(), trouble.begin(), trouble.end());
        if (on_done) on_done(++done, plan.edits.size());
    };
    try {
        base::for_each_index(plan.edits.size(), base::processor_count(), cancel, work);
    } catch (const base::Error& error) {
        if (error.code() != base::ErrorCode::Interrupted) throw;
    }
    return is_made;
}

}  // namespace

std::string FilePlan::sentence(std::size_t images) const {
    return fmt::format("{} {}", base::counted(images, noun), what);
}

ChangeOutcome carry_out(const base::Path& folder, const FilePlan& plan, const base::Cancel& cancel,
                        const OnFileDone& on_done) {
    UndoJournal journal(folder);
    journal.hold();  // the trash is not emptied while files wait in it
    const auto trash = UndoJournal::next_trash();
    const WaitingFiles waiting(folder, trash + "/new");
    ChangeOutcome trouble;
    const auto is_made = make_all(folder, plan, waiting, cancel, on_done, trouble);
    DatasetChange change{{}, plan.moves, plan.texts};
    std::size_t edited = 0;
    for (std::size_t i = 0; i < plan.edits.size(); ++i) {
        if (!is_made[i]) continue;
        const auto& planned = plan.edits[i];
        change.moves.push_back({planned.from, trash + "/" + planned.from});
        change.moves.push_back({waiting.name_of(planned.to), planned.to});
        ++edited;
    }
    const auto count = plan.edits.empty() ? plan.lines.size() : edited;
    change.what = plan.sentence(count);
    if (change.moves.empty() && change.texts.empty()) return {change.what, 0, trouble.not_done};
    auto outcome = journal.carry_out(change);
    outcome.done = count - std::min(count, outcome.not_done.size());
    outcome.what = plan.sentence(outcome.done);
    outcome.not_done.insert(outcome.not_done.end(), trouble.not_done.begin(), trouble.not_done.end());
    return outcome;
}

}  // namespace lorikeet::studio
