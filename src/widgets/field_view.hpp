// One setting on a form: its label, a field to type in (with a slider beside it where one helps), the lines under it, and
// what is wrong with what was typed, with a button for the remedy.
//
// What the person typed stays in the field, right or wrong.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "settings/field.hpp"
#include "widgets/controls.hpp"
#include "widgets/path_picker.hpp"
#include "widgets/typed_job.hpp"

namespace lorikeet::widgets {

class FieldView : public Box {
  public:
    // What the person does: the text that stands in the field now.
    using Typed = std::function<void(const std::string& text)>;
    using Fixed = std::function<void(const settings::Assignment& fix)>;

    FieldView(SharedStyles& styles, const settings::Field& field, std::string path);

    const std::string& path() const { return path_; }
    std::string text() const;
    void write(const std::string& text);
    // What is said under the field, and whether it can be typed in. A condition is why it cannot.
    void say(const std::vector<Trouble>& troubles, const std::string& condition);
    Control& input() const { return *input_; }
    Slider* slider() const { return slider_; }
    std::vector<Button*> fix_buttons() const;

    Typed on_typed;
    Fixed on_fix;

  private:
    struct Parts;
    static Parts make(SharedStyles& styles, const settings::Field& field);
    FieldView(SharedStyles& styles, const settings::Field& field, std::string path, Parts parts);
    void listen();
    void told();
    void show_fixes(const std::vector<Trouble>& troubles);

    SharedStyles& styles_;
    const settings::Field& field_;
    std::string path_;
    Control* input_;
    Slider* slider_;
    PathPicker* picker_;  // of a path
    Html* note_;
    std::vector<std::string> words_;  // of a choice
    std::vector<Trouble> troubles_;
    std::string condition_;
    std::vector<std::string> fixes_shown_;
};

}  // namespace lorikeet::widgets
