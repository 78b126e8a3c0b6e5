#include "widgets/fold.hpp"

namespace lorikeet::widgets {

Fold::Parts Fold::make(SharedStyles& styles, const std::string& title, Children inside) {
    Parts parts;
    parts.button =
        &put<Button>(parts.children, styles, ControlText{title, {}, {"lk-fold"}}, "caret-right", nullptr);
    parts.inside = &put<Box>(parts.children, styles, Box::Way::Down, std::move(inside),
                             std::vector<std::string>{"lk-inside", "lk-hidden"});
    return parts;
}

Fold::Fold(SharedStyles& styles, const std::string& title, Children inside)
    : Fold(styles, title, make(styles, title, std::move(inside))) {}

Fold::Fold(SharedStyles& styles, const std::string& title, Parts parts)
    : Box(styles, Way::Down, std::move(parts.children), {"lk-folded"}),
      title_(title),
      button_(parts.button),
      inside_(parts.inside) {
    button_->on_press = [this] {
        open(is_open() ? Shown::No : Shown::Yes);
        if (on_toggle) on_toggle();
    };
    say();
}

void Fold::open(Shown shown) {
    inside_->show(shown);
    say();
}

bool Fold::is_open() const { return inside_->shown(); }

void Fold::set_title(const std::string& title) {
    title_ = title;
    say();
}

// The caret alone would be a sign without words.
void Fold::say() {
    button_->set_label(title_);
    button_->set_icon(is_open() ? "caret-down" : "caret-right");
    button_->set_tooltip(is_open() ? "Fold this away" : "Show what is inside");
}

}  // namespace lorikeet::widgets
