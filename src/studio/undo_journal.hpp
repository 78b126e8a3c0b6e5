// What was done to the files of a dataset, so that it can be taken back, also after a restart: files that got another name
// (or went to the trash, which is the same), and texts that were changed.
//
// A change is written down before it is made; what a power cut left half done is undone as far as it was done. Undoing
// replaces nothing: a file whose place was taken since, or a text that was changed since, stays and is told.
// Two programs on one folder share the journal: it is read again for each change, under a lock that is held until the change
// is made.
//
// Source   docs/formats/undo-journal.md
// Throws   Error{Conflict} when another program works on the journal, Error{Io}, Error{NoSpace} when it cannot be written:
//          nothing is changed then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"

namespace lorikeet::studio {

constexpr const char* kTrashFolder = ".lorikeet-trash";  // in the dataset's folder

struct FileMove {
    std::string from, to;  // below the dataset's folder
};
struct TextChange {
    std::string file;                          // below the dataset's folder
    std::optional<std::string> before, after;  // nothing: no such file
};
struct DatasetChange {
    std::string what;  // "3 images moved to the trash"
    std::vector<FileMove> moves;
    std::vector<TextChange> texts;
};

struct ChangeOutcome {
    std::string what;
    std::size_t done = 0;                 // files
    std::vector<base::Problem> not_done;  // each with its file and the reason
};

class UndoJournal {
  public:
    explicit UndoJournal(base::Path dataset) : dataset_(std::move(dataset)) {}

    // Other programs wait from here on until this goes, not only while one of the functions below is at work.
    void hold();

    // Makes the change. When it throws, every file is as it was.
    ChangeOutcome carry_out(const DatasetChange& change);
    // Writes down what others have made already.
    void note(const DatasetChange& change);
    // What undo_last would take back.
    std::optional<std::string> last() const;
    // Nothing when there is nothing to take back. Moves whose places were taken since stay, to be taken back later.
    std::optional<ChangeOutcome> undo_last();
    // The same, of the change that last() called so (as a page shows it) and no other: somebody else may have made one since.
    // Throws   Error{Conflict}.
    std::optional<ChangeOutcome> undo(const std::string& what);

    // Nothing of before can be taken back any more; the files in the trash stay.
    void forget_all();

    // A folder in the trash for the files of one change: ".lorikeet-trash/20261130-092457-123".
    static std::string next_trash();

  private:
    std::optional<base::FileLock> lock_unless_held() const;

    base::Path dataset_;
    std::optional<base::FileLock> held_;
};

}  // namespace lorikeet::studio
