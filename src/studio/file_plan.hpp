// What a change of many files of a dataset would do, line by line, before it is done; then it is done as one change of the
// undo journal.
//
// Images and their captions stay pairs, and nothing is put where a file is: what cannot be done stays as it is and is told.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "io/image_edit.hpp"
#include "studio/undo_journal.hpp"

namespace lorikeet::studio {

struct PlannedLine {
    std::string from, to;            // below the dataset's folder; `to` is empty for what goes to the trash
    std::vector<std::string> along;  // captions and other files that go with it, by their old names
    std::string note;                // "1024 x 768 -> 512 x 384"
};

// An image that is written: its old file goes to the trash, the new one takes its place or another.
struct PlannedEdit {
    std::string from, to;
    io::ImageEdit edit;
};

struct FilePlan {
    std::string noun = "image", what;  // "3 images renamed"
    std::vector<PlannedLine> lines;
    std::vector<base::Problem> left_out;  // `where` is the file's name
    std::vector<std::string> notes;       // "3 images are no larger and stay as they are."
    // What is moved and written. A line has its own parts of it, so that one that fails leaves the others.
    std::vector<FileMove> moves;
    std::vector<TextChange> texts;
    std::vector<PlannedEdit> edits;

    std::string sentence(std::size_t images) const;  // "3 images renamed"
};

using OnFileDone = std::function<void(std::size_t done, std::size_t of)>;

// Does it. Files are written beside the old ones first, as many at once as there are processors; a stop that is asked for
// keeps what is finished, and an image that does not decode is told and stays.
// Throws   what UndoJournal throws, Error{NoSpace}: every file is as it was then.
ChangeOutcome carry_out(const base::Path& folder, const FilePlan& plan, const base::Cancel& cancel,
                        const OnFileDone& on_done = {});

}  // namespace lorikeet::studio
