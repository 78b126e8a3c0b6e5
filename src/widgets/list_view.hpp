// A list of sections on a form (folders of images, prompts): each element with its fields and a way to remove it, a
// button that adds one, and the way back after a removal.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "widgets/controls.hpp"
#include "widgets/field_view.hpp"

namespace lorikeet::widgets {

class ListView : public Box {
  public:
    // `elsewhere`: settings whose field stands in another place of the page.
    ListView(SharedStyles& styles, const settings::Field& field, std::string path,
             std::set<std::string> elsewhere);

    const std::string& path() const { return path_; }
    const settings::Field& field() const { return field_; }
    // Makes fields again for so many elements; each field made is told to `on_made`.
    void show_elements(std::size_t count, bool can_undo);
    void say(const std::vector<Trouble>& troubles);
    // At least one element has a field elsewhere: it stays.
    bool holds_lead() const;

    std::function<void(FieldView&)> on_made;
    std::function<void()> on_add, on_undo;
    std::function<void(std::size_t)> on_remove;
    std::function<void(const settings::Assignment&)> on_fix;

  private:
    std::unique_ptr<Control> element(std::size_t index, bool removable);
    Children ending(bool can_undo);

    SharedStyles& styles_;
    const settings::Field& field_;
    std::string path_;
    std::set<std::string> elsewhere_;
    Html* trouble_ = nullptr;
};

}  // namespace lorikeet::widgets
