// What is to be done to many captions at once: the fields that the chosen edit needs, and no other.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "studio/caption_edit.hpp"
#include "widgets/controls.hpp"
#include "widgets/typed_job.hpp"

namespace lorikeet::widgets {

class CaptionForm {
  public:
    explicit CaptionForm(SharedStyles& styles);

    std::unique_ptr<Control> take_control();  // once

    studio::CaptionEdit edit() const;
    bool creates() const;  // images without a caption get one
    // As if the person had: the edit, and its tags.
    void type(studio::CaptionAction action, const std::string& tags);

    // What stands in an empty field of the edits that are about it.
    void know_trigger(const std::string& trigger) { trigger_ = trigger; }

    // What is typed, to be kept and brought back.
    Texts texts() const;
    void write(const Texts& texts);

    std::function<void()> on_change;

  private:
    void show_fields();
    void changed();

    std::string trigger_;
    std::unique_ptr<Box> box_;
    Dropdown* actions_ = nullptr;
    Text *tags_ = nullptr, *by_ = nullptr, *weight_ = nullptr, *only_ = nullptr;
    Checkbox *front_ = nullptr, *create_ = nullptr;
};

}  // namespace lorikeet::widgets
