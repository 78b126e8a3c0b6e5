// Where one stands, on top of every page: the project, and how far it is from images to a run. An anywidget part of our own
// (web/strip.js). Each item is a button that says which cell it belongs to.
//
// The same part watches the kernel (web/life.js): it says when that is gone, and connects the page to a new one. They are one
// because a window gives each part two seconds to begin, and busy ones need them.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "widgets/controls.hpp"

namespace lorikeet::widgets {

enum class StripMark { Open, Part, Done };

struct StripItem {
    std::string key;   // "images"
    std::string text;  // "24 images"
    StripMark mark = StripMark::Open;
    std::string cell;  // the word of the cell it belongs to
    bool operator==(const StripItem&) const = default;
};

struct StripState {
    std::string place;  // "my-bird"; the working folder's name where no project is open
    bool is_project = false;
    std::string folder;   // the full path
    std::string trouble;  // a sentence, where it is not known which project is open
    std::vector<StripItem> items;
};

class Strip : public Control {
  public:
    // `word`: of the page's cell.
    Strip(SharedStyles& styles, const std::string& word);
    void tell(const StripState& state);
    std::function<void(const StripItem& item)> on_press;
    void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers) override;

  private:
    std::vector<StripItem> items_;
};

}  // namespace lorikeet::widgets
