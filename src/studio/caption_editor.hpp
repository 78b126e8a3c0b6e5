// One caption that a person edits: what an editor shows of it, and the change that comes of the editing. Everything that was
// not touched stays as it was: byte order mark, line ends, further lines.
#pragma once

#include <cstddef>
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
};

// `extension` is that of a caption that is not there yet.
// Throws   Error{InvalidInput} for what is no UTF-8 text, Error{Unsupported} for a link, Error{Io}.
EditedCaption edited_caption(const base::Path& folder, const ListedImage& image,
                             const std::string& extension);

// The first line gets these parts; one with commas in it is several. Nothing where the bytes would stay the same.
std::optional<DatasetChange> change_of_parts(const EditedCaption& caption,
                                             const std::vector<std::string>& parts);
// The whole file gets this text.
std::optional<DatasetChange> change_of_text(const EditedCaption& caption, std::string_view text);

}  // namespace lorikeet::studio
