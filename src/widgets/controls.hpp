// The controls of ipywidgets 8 that our pages draw, one small class each. A test holds every one of them against the
// schema that Jupyter publishes.
//
// All controls share one layout model and one style model of each kind (`Looks`): how they look is told by CSS classes
// alone, so that hundreds of controls are hundreds of messages, not thousands.
// A child is made before the box that shows it; the box owns it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "widgets/widget.hpp"

namespace lorikeet::widgets {

// The layout and the styles that the controls of one stage share.
class SharedStyles {
  public:
    explicit SharedStyles(WidgetRegistry& registry);
    ~SharedStyles();

    WidgetRegistry& registry() const { return registry_; }
    const Widget& layout() const { return *layout_; }
    const Widget& style(std::string_view model_name);  // made at its first use

  private:
    WidgetRegistry& registry_;
    std::unique_ptr<Widget> layout_;
    std::map<std::string, std::unique_ptr<Widget>, std::less<>> styles_;
};

// What is said of a control: the label beside it, a sentence for whoever points at it, and CSS classes.
struct ControlText {
    std::string label;
    std::string tooltip;
    std::vector<std::string> classes;
};

enum class Shown { Yes, No };
enum class Enabled { Yes, No };

// What all controls can do. The model's name without "Model" names it: "Text" is TextModel.
class Control : public Widget {
  public:
    Control(SharedStyles& styles, std::string_view name, const ControlText& text, const nlohmann::json& more,
            std::vector<Buffer> buffers = {});

    void show(Shown shown);
    bool shown() const;
    void enable(Enabled enabled);
    bool enabled() const;
    void mark(std::string_view css_class, bool on);
    std::string label() const;
    void set_label(const std::string& label);
    void set_tooltip(const std::string& tooltip);
    // Out of the tab order, for what is told elsewhere too (a slider beside its text).
    void skip_by_keyboard();
};

using Children = std::vector<std::unique_ptr<Control>>;

// A new control at the end of what a box will show.
template <class W, class... Arguments>
W& put(Children& children, Arguments&&... arguments) {
    auto made = std::make_unique<W>(std::forward<Arguments>(arguments)...);
    auto& control = *made;
    children.push_back(std::move(made));
    return control;
}

// ---- What holds others

class Box : public Control {
  public:
    enum class Way { Down, Across, Grid };
    Box(SharedStyles& styles, Way way, Children children, std::vector<std::string> classes = {});
    // Shows these from here on; those of before are closed.
    void set_children(Children children);
    void append(std::unique_ptr<Control> child);
    std::unique_ptr<Control> take(const Control& child);  // no longer shown, and yours
    const Children& children() const { return children_; }

  private:
    void say_children();
    Children children_;
};

// ---- What is told

class Html : public Control {
  public:
    Html(SharedStyles& styles, const std::string& html, std::vector<std::string> classes = {});
    void write(const std::string& html);
    std::string html() const;
};

class Progress : public Control {
  public:
    explicit Progress(SharedStyles& styles, const ControlText& text);
    void tell(std::int64_t done, std::int64_t total);
};

class Image : public Control {
  public:
    explicit Image(SharedStyles& styles);
    void write(std::string png);
};

// ---- What is asked. `on_change` is called after the person changed the value, never after `write`.

class Text : public Control {
  public:
    enum class Lines { One, Several };
    // `within` is shown in pale letters while the field is empty.
    Text(SharedStyles& styles, const ControlText& text, const std::string& within = {},
         Lines lines = Lines::One);
    std::string value() const;
    void write(const std::string& value);
    std::function<void()> on_change;

  protected:
    void changed_by_person(const nlohmann::json& changed) override;
};

class Slider : public Control {
  public:
    struct Scale {
        double least = 0, most = 1, step = 0.01;
        bool whole = false;
    };
    Slider(SharedStyles& styles, const ControlText& text, const Scale& scale);
    double value() const;
    void write(double value);
    std::function<void()> on_change;

  protected:
    void changed_by_person(const nlohmann::json& changed) override;

  private:
    Scale scale_;
};

class Checkbox : public Control {
  public:
    Checkbox(SharedStyles& styles, const ControlText& text);
    bool value() const;
    void write(bool value);
    std::function<void()> on_change;

  protected:
    void changed_by_person(const nlohmann::json& changed) override;
};

// One of several words: in a list that opens, or side by side.
class Dropdown : public Control {
  public:
    enum class Form { List, Buttons };
    Dropdown(SharedStyles& styles, const ControlText& text, std::vector<std::string> options,
             Form form = Form::List);
    int index() const;  // -1: none
    void write(int index);
    void set_options(std::vector<std::string> options, int index);
    const std::vector<std::string>& options() const { return options_; }
    std::function<void()> on_change;

  protected:
    void changed_by_person(const nlohmann::json& changed) override;

  private:
    std::vector<std::string> options_;
};

class Button : public Control {
  public:
    enum class Kind { Main, Plain };
    // `icon` is a word of Font Awesome 4, as ipywidgets takes it: "play".
    Button(SharedStyles& styles, const ControlText& text, std::string_view icon,
           std::function<void()> pressed, Kind kind = Kind::Plain);
    void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers) override;
    void press();  // as if the person had
    void set_icon(std::string_view icon);
    std::function<void()> on_press;
};

// Text as HTML shows it, whatever is in it: control characters of strangers are shown as escapes.
std::string escape(std::string_view text);

}  // namespace lorikeet::widgets
