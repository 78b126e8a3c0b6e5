#include "widgets/controls.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/html.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

constexpr std::string_view kControls = "@jupyter-widgets/controls";
constexpr std::string_view kBase = "@jupyter-widgets/base";
constexpr std::string_view kControlsVersion = "2.0.0";
constexpr std::string_view kBaseVersion = "2.0.0";
constexpr std::string_view kHidden = "lk-hidden";

// "@jupyter-widgets/controls" "TextModel" "TextView": what every state begins with.
json head(std::string_view module, std::string_view version, std::string_view model,
          std::string_view view_module, std::string_view view) {
    return {{"_model_module", module},
            {"_model_module_version", version},
            {"_model_name", model},
            {"_view_module", view_module},
            {"_view_module_version", view_module == kBase ? kBaseVersion : kControlsVersion},
            {"_view_name", view}};
}

std::string_view view_of(std::string_view name) {
    return name == "IntProgress" ? std::string_view("Progress") : name;  // the one that breaks the rule
}

// The style model of a control; empty where it has none.
std::string_view style_of(std::string_view name) {
    if (name == "Button") return "ButtonStyleModel";
    if (name == "Checkbox") return "CheckboxStyleModel";
    if (name == "HTML") return "HTMLStyleModel";
    if (name == "IntProgress") return "ProgressStyleModel";
    if (name == "IntSlider" || name == "FloatSlider") return "SliderStyleModel";
    if (name == "Text" || name == "Textarea") return "TextStyleModel";
    if (name == "Dropdown") return "DescriptionStyleModel";
    if (name == "ToggleButtons") return "ToggleButtonsStyleModel";
    return {};
}

json state_of(SharedStyles& styles, std::string_view name, const ControlText& text, const json& more) {
    auto state = head(kControls, kControlsVersion, fmt::format("{}Model", name), kControls,
                      fmt::format("{}View", view_of(name)));
    state["_dom_classes"] = text.classes;
    state["layout"] = styles.layout().reference();
    state["tabbable"] = nullptr;
    state["tooltip"] = text.tooltip.empty() ? json() : json(base::printable(text.tooltip));
    if (const auto style = style_of(name); !style.empty()) {
        state["style"] = styles.style(style).reference();
        state["description"] = base::printable(text.label);
    }
    state.update(more);
    return state;
}

}  // namespace

// ---- Looks

SharedStyles::SharedStyles(WidgetRegistry& registry) : registry_(registry) {
    layout_ =
        std::make_unique<Widget>(registry, head(kBase, kBaseVersion, "LayoutModel", kBase, "LayoutView"));
}
SharedStyles::~SharedStyles() = default;

const Widget& SharedStyles::style(std::string_view model_name) {
    const auto known = styles_.find(model_name);
    if (known != styles_.end()) return *known->second;
    auto state = head(kControls, kControlsVersion, model_name, kBase, "StyleView");
    if (model_name != "ButtonStyleModel") state["description_width"] = "initial";
    auto made = std::make_unique<Widget>(registry_, state);
    return *styles_.emplace(std::string(model_name), std::move(made)).first->second;
}

// ---- Control

Control::Control(SharedStyles& styles, std::string_view name, const ControlText& text, const json& more,
                 std::vector<Buffer> buffers)
    : Widget(styles.registry(), state_of(styles, name, text, more), std::move(buffers)) {}

void Control::mark(std::string_view css_class, bool on) {
    auto classes = state().at("_dom_classes").get<std::vector<std::string>>();
    const auto at = std::find(classes.begin(), classes.end(), css_class);
    if ((at != classes.end()) == on) return;
    if (on)
        classes.emplace_back(css_class);
    else
        classes.erase(at);
    set({{"_dom_classes", classes}});
}

void Control::show(Shown shown) { mark(kHidden, shown == Shown::No); }
bool Control::shown() const {
    const auto& classes = state().at("_dom_classes");
    return std::find(classes.begin(), classes.end(), kHidden) == classes.end();
}
void Control::enable(Enabled enabled) { set({{"disabled", enabled == Enabled::No}}); }
bool Control::enabled() const { return !state().value("disabled", false); }
std::string Control::label() const { return state().value("description", ""); }
void Control::set_label(const std::string& label) { set({{"description", base::printable(label)}}); }
void Control::set_tooltip(const std::string& tooltip) { set({{"tooltip", base::printable(tooltip)}}); }
void Control::skip_by_keyboard() { set({{"tabbable", false}}); }

// ---- Box

namespace {

std::string_view name_of(Box::Way way) {
    if (way == Box::Way::Down) return "VBox";
    return way == Box::Way::Across ? "HBox" : "GridBox";
}

json references(const Children& children) {
    auto list = json::array();
    for (const auto& child : children) list.push_back(child->reference());
    return list;
}

}  // namespace

Box::Box(SharedStyles& styles, Way way, Children children, std::vector<std::string> classes)
    : Control(styles, name_of(way), {{}, {}, std::move(classes)},
              {{"box_style", ""}, {"children", references(children)}}),
      children_(std::move(children)) {}

void Box::say_children() { set({{"children", references(children_)}}); }

void Box::set_children(Children children) {
    std::swap(children_, children);
    say_children();  // before those of before close
}

void Box::append(std::unique_ptr<Control> child) {
    children_.push_back(std::move(child));
    say_children();
}

std::unique_ptr<Control> Box::take(const Control& child) {
    const auto at = std::find_if(children_.begin(), children_.end(),
                                 [&](const auto& one) { return one.get() == &child; });
    if (at == children_.end()) return nullptr;
    auto taken = std::move(*at);
    children_.erase(at);
    say_children();
    return taken;
}

// ---- What is told

Html::Html(SharedStyles& styles, const std::string& html, std::vector<std::string> classes)
    : Control(styles, "HTML", {{}, {}, std::move(classes)}, {{"value", html}}) {}
void Html::write(const std::string& html) { set({{"value", html}}); }
std::string Html::html() const { return state().at("value"); }

Progress::Progress(SharedStyles& styles, const ControlText& text)
    : Control(styles, "IntProgress", text,
              {{"value", 0}, {"min", 0}, {"max", 1}, {"bar_style", ""}, {"orientation", "horizontal"}}) {}
void Progress::tell(std::int64_t done, std::int64_t total) {
    set({{"value", done}, {"max", std::max<std::int64_t>(total, 1)}});
}

// What it shows is said under it: the view of a tooltip stumbles where there is no label, and an image has none.
Image::Image(SharedStyles& styles)
    : Control(styles, "Image", {}, {{"format", "png"}, {"value", nullptr}, {"width", ""}, {"height", ""}},
              {{{"value"}, ""}}) {}
void Image::write(std::string png) { set({{"value", nullptr}}, {{{"value"}, std::move(png)}}); }

// ---- What is asked

Text::Text(SharedStyles& styles, const ControlText& text, const std::string& within, Lines lines)
    : Control(styles, lines == Lines::One ? "Text" : "Textarea", text,
              {{"value", ""},
               {"continuous_update", true},
               {"disabled", false},
               {"place"
                "holder",
                within}}) {}
std::string Text::value() const { return state().at("value"); }
void Text::write(const std::string& value) { set({{"value", value}}); }
void Text::changed_by_person(const json& changed) {
    if (changed.contains("value") && on_change) on_change();
}

namespace {

// As a whole number where the scale is whole: the schema tells the two apart.
json number_on(const Slider::Scale& scale, double number) {
    if (scale.whole) return std::llround(number);
    return number;
}

}  // namespace

Slider::Slider(SharedStyles& styles, const ControlText& text, const Scale& scale)
    : Control(styles, scale.whole ? "IntSlider" : "FloatSlider", text,
              {{"min", number_on(scale, scale.least)},
               {"max", number_on(scale, scale.most)},
               {"step", number_on(scale, scale.step)},
               {"value", number_on(scale, scale.least)},
               {"readout", false},
               {"continuous_update", true},
               {"disabled", false}}),
      scale_(scale) {}
double Slider::value() const { return state().at("value"); }
void Slider::write(double value) {
    set({{"value", number_on(scale_, std::clamp(value, scale_.least, scale_.most))}});
}
void Slider::changed_by_person(const json& changed) {
    if (changed.contains("value") && on_change) on_change();
}

Checkbox::Checkbox(SharedStyles& styles, const ControlText& text)
    : Control(styles, "Checkbox", text, {{"value", false}, {"indent", false}, {"disabled", false}}) {}
bool Checkbox::value() const { return state().at("value"); }
void Checkbox::write(bool value) { set({{"value", value}}); }
void Checkbox::changed_by_person(const json& changed) {
    if (changed.contains("value") && on_change) on_change();
}

namespace {

// Options may be names of files.
std::vector<std::string> printable(std::vector<std::string> texts) {
    for (auto& text : texts) text = base::printable(text);
    return texts;
}

}  // namespace

Dropdown::Dropdown(SharedStyles& styles, const ControlText& text, std::vector<std::string> options, Form form)
    : Control(styles, form == Form::List ? "Dropdown" : "ToggleButtons", text,
              {{"_options_labels", printable(options)},
               {"index", options.empty() ? json() : json(0)},
               {"disabled", false}}),
      options_(std::move(options)) {}
int Dropdown::index() const {
    const auto& index = state().at("index");
    return index.is_number() ? index.get<int>() : -1;
}
void Dropdown::write(int index) { set({{"index", index < 0 ? json() : json(index)}}); }
void Dropdown::set_options(std::vector<std::string> options, int index) {
    options_ = std::move(options);
    set({{"_options_labels", printable(options_)}, {"index", index < 0 ? json() : json(index)}});
}
void Dropdown::changed_by_person(const json& changed) {
    if (changed.contains("index") && on_change) on_change();
}

Button::Button(SharedStyles& styles, const ControlText& text, std::string_view icon,
               std::function<void()> pressed, Kind kind)
    : Control(styles, "Button", text,
              {{"icon", icon}, {"button_style", kind == Kind::Main ? "primary" : ""}, {"disabled", false}}),
      on_press(std::move(pressed)) {}
void Button::take_message(const json& content, const std::vector<std::string>& /*buffers*/) {
    if (content.is_object() && content.value("event", "") == "click") press();
}
void Button::press() {
    if (!enabled() || !on_press) return;
    const auto pressed = on_press;  // it may close this button
    pressed();
}
void Button::set_icon(std::string_view icon) { set({{"icon", icon}}); }

std::string escape(std::string_view text) { return base::html_escaped(text); }

}  // namespace lorikeet::widgets
