// Something folded away: a button that says what is inside, and the inside. Open or not is the same in every window.
#pragma once

#include <functional>
#include <string>

#include "widgets/controls.hpp"

namespace lorikeet::widgets {

class Fold : public Box {
  public:
    Fold(SharedStyles& styles, const std::string& title, Children inside);
    void open(Shown shown);
    bool is_open() const;
    void set_title(const std::string& title);
    Box& inside() const { return *inside_; }
    std::function<void()> on_toggle;

  private:
    struct Parts {
        Children children;
        Button* button;
        Box* inside;
    };
    static Parts make(SharedStyles& styles, const std::string& title, Children inside);
    Fold(SharedStyles& styles, const std::string& title, Parts parts);
    void say();

    std::string title_;
    Button* button_;
    Box* inside_;
};

}  // namespace lorikeet::widgets
