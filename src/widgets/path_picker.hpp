// A button beside a field that wants a path: it opens a list of the folders and files of the machine that the kernel is on. An
// anywidget part of our own (web/path_picker.js).
//
// From a window: {kind: "open"}, {kind: "close"}, {kind: "up"}, {kind: "into", name}, {kind: "choose", name}: a file, or without
// a name the folder that is listed.
#pragma once

#include <functional>
#include <string>

#include "studio/path_listing.hpp"
#include "widgets/background_task.hpp"
#include "widgets/controls.hpp"

namespace lorikeet::widgets {

class PathPicker : public Control {
  public:
    // `field` is what the path is for, "Folder of the images": for those who cannot see where the button stands.
    PathPicker(SharedStyles& styles, studio::PathKind wanted, const std::string& field);

    void enable(Enabled enabled);
    std::function<std::string()> typed;                 // what stands in the field now: the list begins there
    std::function<void(const std::string&)> on_choose;  // the path, as it is typed into the field

    void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers) override;

  private:
    void list(const base::Path& folder);
    void show(const studio::PathListing& listing);
    void choose(const base::Path& path);

    studio::PathKind wanted_;
    base::Path folder_;
    BackgroundTask task_;
};

// The field and the button beside it, as one row.
std::unique_ptr<Box> with_picker(SharedStyles& styles, std::unique_ptr<Text> field, studio::PathKind wanted,
                                 const std::string& name);

}  // namespace lorikeet::widgets
