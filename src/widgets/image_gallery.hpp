// The images of a dataset with their captions: an anywidget part of our own (web/gallery.js). A page holds a hundred; their
// thumbnails are made in the background and asked for by each window as it needs them.
//
// From a window: {kind: "want", names}, {kind: "page", page}, {kind: "filter", text}, {kind: "finding", finding}, {kind: "trash", names},
// {kind: "large", name}, {kind: "undo"};
// to it: {kind: "thumbs", ids, broken} and the bytes of a JPEG for each id; {kind: "large", id} and those of a PNG.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "studio/dataset_check.hpp"
#include "studio/dataset_files.hpp"
#include "widgets/controls.hpp"
#include "widgets/thumbs.hpp"

namespace lorikeet::widgets {

// What training cuts from an image, in parts of its sides: 0 is the left or the upper end, 1 the other.
struct ImageFrame {
    double left = 0, top = 0, width = 1, height = 1;
};

class ImageGallery : public Control {
  public:
    static constexpr std::size_t kPageSize = 100;

    explicit ImageGallery(SharedStyles& styles);

    // Page and filter stay as far as they can, and so does what is chosen of the page.
    void show_images(const base::Path& folder, std::vector<studio::ListedImage> images);
    void show_frames(std::map<std::string, ImageFrame> frames);  // by name; drawn over the thumbnails
    // What was found when they were checked, as small words on their tiles; of the kind `shown` alone where it is not empty.
    void show_findings(const std::vector<studio::CheckFinding>& findings, const std::string& shown);
    void say_undo(const std::string& what);  // what Undo would take back; empty: nothing
    void say_busy(bool busy);

    std::function<void(std::vector<std::string> names)> on_trash;
    std::function<void()> on_undo;
    std::function<void(const std::string& kind)>
        on_finding;  // images of this kind alone are wanted; empty: all

    void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers) override;

  private:
    void filter();
    void show_page();
    nlohmann::json item(const studio::ListedImage& image) const;
    void want(const std::vector<std::string>& names);
    void show_large(const std::string& name);

    base::Path folder_;
    std::vector<studio::ListedImage> images_;
    std::vector<std::size_t> found_;  // of images_, those with the text of the filter
    std::map<std::string, ImageFrame> frames_;
    std::map<std::string, std::set<std::string>> findings_of_;  // kinds by name
    std::string finding_;                                       // the kind that is shown alone
    std::string filter_;
    std::size_t page_ = 0;
    BackgroundTask large_;
    Thumbs thumbs_;
};

}  // namespace lorikeet::widgets
