#include "studio/caption_editor.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "studio/caption_jobs.hpp"

namespace lorikeet::studio {

namespace {

constexpr std::size_t kRememberedIds = 64;

std::optional<DatasetChange> change_to(const EditedCaption& caption, std::string after) {
    if (caption.before.value_or("") == after) return std::nullopt;
    DatasetChange change;
    change.what = fmt::format("caption of {} changed", caption.image);
    change.texts.push_back({caption.file, caption.before, std::move(after)});
    return change;
}

// What is typed into one line stays one.
std::string in_one_line(std::string text) {
    for (auto& letter : text)
        if (letter == '\r' || letter == '\n') letter = ' ';
    return text;
}

}  // namespace

EditedCaption edited_caption(const base::Path& folder, const ListedImage& image,
                             const std::string& extension) {
    EditedCaption edited;
    edited.image = image.name;
    edited.file = caption_file_of(image, extension);
    edited.version = "none";
    edited.before = caption_bytes(folder, edited.file);
    if (edited.before) edited.version = base::sha256(*edited.before);
    const CaptionText caption(edited.before.value_or(""), edited.file);
    edited.is_utf16 = caption.is_utf16();
    for (const auto& line : caption.lines) {
        edited.text += line.raw + (line.end.empty() ? "" : "\n");
        if (line.is_blank()) continue;
        if (edited.parts.empty())
            edited.parts = line.parts;
        else
            ++edited.more_lines;
    }
    return edited;
}

std::optional<DatasetChange> change_of_parts(const EditedCaption& caption,
                                             const std::vector<std::string>& parts) {
    CaptionText text(caption.before.value_or(""), caption.file);
    text.line_with_text().parts = caption_parts(in_one_line(base::join(parts, ", ")));
    return change_to(caption, text.bytes());
}

std::optional<DatasetChange> change_of_text(const EditedCaption& caption, std::string_view text) {
    if (text == caption.text) return std::nullopt;
    const CaptionText before(caption.before.value_or(""), caption.file);
    const auto& end = before.lines.front().end;
    auto after =
        base::replace_all(base::replace_all(std::string(text), "\r\n", "\n"), "\n", end.empty() ? "\n" : end);
    return change_to(caption, std::string(before.mark()) + after);
}

std::optional<ChangeOutcome> CaptionWriter::write(const base::Path& folder, const ListedImage& image,
                                                  const std::string& extension, const Over& over,
                                                  const Make& make) {
    const auto seen = versions_.contains(over.after) ? versions_[over.after] : over.version;
    versions_[over.id] = "";
    ids_.push_back(over.id);
    if (ids_.size() > kRememberedIds) {
        versions_.erase(ids_.front());
        ids_.pop_front();
    }
    const auto edited = edited_caption(folder, image, extension);
    if (edited.version != seen)
        base::fail(
            base::ErrorCode::Conflict,
            fmt::format("The caption of {} was changed by another program meanwhile, and stays as it is.",
                        image.name),
            "What you typed is in the log.");
    const auto change = make(edited);
    if (!change) {
        versions_[over.id] = edited.version;
        return std::nullopt;
    }
    auto outcome = UndoJournal(folder).carry_out(*change);
    if (outcome.not_done.empty()) versions_[over.id] = base::sha256(change->texts.front().after.value_or(""));
    return outcome;
}

}  // namespace lorikeet::studio
