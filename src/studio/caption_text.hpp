// A caption file taken apart so that single tags can be changed, and put together so that everything else stays as it was:
// byte order mark, line ends, blanks, sentences, commas inside brackets.
//
// A line's parts are tags, parted at commas, and sentences: a sentence ends with . ! or ?, or has eight words and more; the
// commas in it part nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/tag_syntax.hpp"

namespace lorikeet::studio {

struct CaptionPart {
    std::string text;  // without blanks around it
    bool is_sentence = false;
    bool operator==(const CaptionPart&) const = default;
};

struct CaptionLine {
    std::vector<CaptionPart> parts;
    std::string raw;  // as it was read, without its end
    std::string end;  // "\n", "\r\n", "\r", or nothing at the end of the file
    std::vector<CaptionPart> parts_as_read;

    bool is_blank() const { return parts.empty(); }
};

class CaptionText {
  public:
    // Of UTF-8, or of UTF-16 with its byte order mark. Throws Error{InvalidInput} naming `name` for what is neither.
    CaptionText(std::string_view bytes, const std::string& name);

    std::vector<CaptionLine> lines;  // at least one
    // A line whose parts are as they were read is written as it was; else they are joined with ", ". A file of UTF-16 in which
    // nothing was changed has the bytes that it had; a changed one is UTF-8.
    std::string bytes() const;
    bool is_utf16() const { return !utf16_.empty(); }  // as it was read: a change writes another encoding
    // The byte order mark that it began with; empty where it had none.
    std::string_view mark() const;
    // The first line with something on it, or the first of all.
    CaptionLine& line_with_text();

  private:
    std::string text() const;

    std::string utf16_, text_as_read_;
    bool has_mark_ = false;
};

// The bytes of a caption; nothing where there is none.
// Throws   Error{Unsupported} for a link: what it leads to may be another program's or several images'; Error{Io}.
std::optional<std::string> caption_bytes(const base::Path& folder, const std::string& file);

// The parts of a line.
std::vector<CaptionPart> caption_parts(std::string_view line);

using base::is_face;
using base::tag_key;
using base::without_emphasis;

}  // namespace lorikeet::studio
