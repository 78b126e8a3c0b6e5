// A button beside a field that wants a path: it opens a list of the folders and files of the machine that the kernel is on, an
// anywidget part of our own (web/path_picker.js) that is there while it is open.
//
// From a window: {kind: "close"}, {kind: "up"}, {kind: "into", name}, {kind: "choose", name}: a file, or without a name the folder
// that is listed.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "studio/path_listing.hpp"
#include "widgets/background_task.hpp"
#include "widgets/controls.hpp"

namespace lorikeet::widgets {

class PathPicker : public Box {
  public:
    // `field` is what the path is for, "Folder of the images": for those who cannot see where the button stands.
    PathPicker(SharedStyles& styles, studio::PathKind wanted, const std::string& field);
    ~PathPicker() override;

    void enable(Enabled enabled);
    Button& button() const { return *button_; }
    const Control* list() const;                        // nullptr while it is closed
    std::function<std::string()> typed;                 // what stands in the field now: the list begins there
    std::function<void(const std::string&)> on_choose;  // the path, as it is typed into the field

  private:
    class List;
    void press();
    void close();
    void look(const base::Path& folder);
    void choose(const base::Path& path);
    void soon(std::function<void()> work);

    SharedStyles& styles_;
    studio::PathKind wanted_;
    std::string field_;
    Button* button_ = nullptr;
    List* list_ = nullptr;
    base::Path folder_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    BackgroundTask task_;
};

// The field and the button beside it, as one row.
std::unique_ptr<Box> with_picker(SharedStyles& styles, std::unique_ptr<Text> field, studio::PathKind wanted,
                                 const std::string& name);

}  // namespace lorikeet::widgets
