// One caption that a person edits: what an editor shows of it, and the change that comes of the editing. Everything that was
// not touched stays as it was: byte order mark, line ends, further lines.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "studio/caption_text.hpp"
#include "studio/dataset_files.hpp"
#include "studio/undo_journal.hpp"

namespace lorikeet::studio {

struct EditedCaption {
    std::string image;                  // its name, below the dataset's folder
    std::string file;                   // of the caption; the one that would be written where there is none
    std::optional<std::string> before;  // its bytes
    std::vector<CaptionPart> parts;     // of the first line that is not blank
    std::size_t more_lines = 0;         // that are not blank, behind it
    std::string text;                   // all of it; its lines end with "\n"
    std::string version;                // another one for other bytes
    bool is_utf16 = false;              // a change saves it as UTF-8
};

// `extension` is that of a caption that is not there yet.
// Throws   Error{InvalidInput} for what is no UTF-8 text, Error{Unsupported} for a link, Error{Io}.
EditedCaption edited_caption(const base::Path& folder, const ListedImage& image,
                             const std::string& extension);

// The first line gets these parts; one with commas in it is several. Nothing where the bytes would stay the same.
std::optional<DatasetChange> change_of_parts(const EditedCaption& caption,
                                             const std::vector<std::string>& parts);
// The whole file gets this text; its lines end as its first one did.
std::optional<DatasetChange> change_of_text(const EditedCaption& caption, std::string_view text);

// Writes what is typed, each piece over the bytes that were seen. Pieces may follow each other before the first is confirmed:
// `after` names the one before, whose bytes are then those that were seen.
class CaptionWriter {
  public:
    struct Over {
        std::string id, version, after;
    };
    using Make = std::function<std::optional<DatasetChange>(const EditedCaption&)>;

    // Nothing where the bytes stay the same.
    // Throws   Error{Conflict} where another program has changed the caption since; what edited_caption and UndoJournal throw.
    std::optional<ChangeOutcome> write(const base::Path& folder, const ListedImage& image,
                                       const std::string& extension, const Over& over, const Make& make);

  private:
    std::map<std::string, std::string> versions_;  // by id: what it left, or nothing
    std::deque<std::string> ids_;                  // the last ones
};

}  // namespace lorikeet::studio
