// The captions of a dataset: an anywidget part of our own (web/captions.js). Its tags by how many images have them, the images
// that have the chosen one, a hundred at a time, and an editor for the caption of one.
//
// From a window: {kind: "want", ids}, {kind: "search", text}, {kind: "tag", tag}, {kind: "page", page}, {kind: "image", name},
// {kind: "step", by}, {kind: "parts", id, name, version, after, parts}, {kind: "text", ..., text}, {kind: "count", id, name, text},
// {kind: "remove" | "replace", tag}, {kind: "undo", what};
// to it: {kind: "thumbs", ids, broken} and the bytes of a JPEG for each id; {kind: "counted", id, tokens}.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "studio/caption_editor.hpp"
#include "studio/caption_shown.hpp"
#include "studio/dataset_files.hpp"
#include "widgets/controls.hpp"
#include "widgets/thumbs.hpp"

namespace lorikeet::widgets {

struct CaptionedImages {
    base::Path folder;
    std::vector<studio::ListedImage> images;
    std::vector<std::vector<std::string>> keys;             // of each image's tags
    std::vector<std::pair<std::string, std::size_t>> tags;  // by how many images have them
};
CaptionedImages with_tags(const base::Path& folder, studio::DatasetListing listing);

// Something that was typed: by what it is known, over which image and version of its caption, and after what else that was not
// confirmed yet (empty: nothing).
struct TypedOver {
    std::string id, image, version, after;
};

class CaptionBoard : public Control {
  public:
    static constexpr std::size_t kPageSize = 100;
    static constexpr std::size_t kTagsShown = 500;

    explicit CaptionBoard(SharedStyles& styles);

    // Search, tag, page and image stay as far as they can.
    void show(CaptionedImages images);
    // `trouble`: why it cannot be edited.
    void show_editor(const studio::EditedCaption& caption, const studio::CaptionShown& read,
                     const std::string& trouble = {});
    // It is written, or refused: the editor that is shown next tells the windows so.
    void end_typing(const std::string& id);
    void show_count(const std::string& id, const studio::CaptionShown& read);
    void say_undo(const std::string& what);  // what Undo would take back; empty: nothing
    void say_busy(bool busy);

    const std::string& image() const { return image_; }  // that is edited; empty: none
    const studio::ListedImage* find(const std::string& name) const;

    std::function<void(const studio::ListedImage&)> on_image;  // its caption is wanted
    std::function<void(const TypedOver& over, const std::vector<std::string>& parts)> on_parts;
    std::function<void(const TypedOver& over, const std::string& text)> on_text;
    std::function<void(const std::string& id, const std::string& image, const std::string& text)> on_count;
    std::function<void(const std::string&tag)> on_remove, on_replace;  // everywhere
    std::function<void(const std::string& what)> on_undo;              // of this change and no other

    void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers) override;

  private:
    void take(const std::string& kind, const nlohmann::json& content);
    void show_tags();
    void filter();
    void find_place();
    bool is_found() const;  // the image has the chosen tag
    void show_page();
    void choose(const std::string& name);
    void step(std::int64_t by);
    void want(const std::vector<std::string>& ids);
    std::string name_of(const std::string& name) const;  // as a window tells it

    CaptionedImages all_;
    std::vector<std::size_t> found_;  // of the images, those with the chosen tag
    std::string search_, tag_;        // tag_: as tag_key writes it
    std::string image_;
    std::vector<std::string> done_;  // ids of what windows typed, the last few
    std::size_t at_ = 0;             // where the image is or was among found_
    std::size_t page_ = 0;
    Thumbs thumbs_;
};

}  // namespace lorikeet::widgets
