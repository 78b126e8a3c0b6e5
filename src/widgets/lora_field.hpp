// The LoRA that the page `test` generates with: a list of those found, a field for any other, and a note on the one chosen.
//
// A new LoRA is chosen by itself until the person chooses; from then on it is offered, and what was chosen stays.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "studio/model_scanner.hpp"
#include "widgets/controls.hpp"
#include "widgets/typed_job.hpp"

namespace lorikeet::widgets {

class LoraField {
  public:
    explicit LoraField(SharedStyles& styles);
    std::unique_ptr<Control> take_control() { return std::move(control_); }  // once

    // What is kept of it beside the settings of the page.
    void restore(const Texts& typed);
    void keep(Texts& typed) const;

    // What was found, the newest first. True when another one is chosen now.
    bool show(std::vector<studio::ListedModel> found);
    // In the middle of work nothing is chosen by itself.
    void hold(bool held) { held_ = held; }

    std::string file() const;     // without blanks around it; empty: none
    std::string name() const;     // "my-lora, step 36", else the name of the file; empty: none
    std::string trigger() const;  // as its file tells it; empty: it does not

    std::function<void()> on_change;  // by the person

    // For tests.
    Dropdown& list() const { return *list_; }
    Text& field() const { return *field_; }
    Button& newest_button() const { return *newest_button_; }
    std::string note() const { return note_->html(); }

  private:
    const studio::ListedModel* chosen() const;
    void choose_from_list();
    void take_newest();
    void by_hand();
    void mark();

    std::unique_ptr<Control> control_;
    Dropdown* list_ = nullptr;
    Text* field_ = nullptr;
    Button* newest_button_ = nullptr;
    Html* note_ = nullptr;
    std::vector<studio::ListedModel> found_;
    std::string newest_;    // the one that was taken by itself last, or that the person saw offered
    bool by_hand_ = false;  // the person chose, a LoRA or none
    bool held_ = false;
};

// The name of the file, and behind a dash what it is: "my-lora, step 36"; the name alone where it says no more.
std::string listed_name(const studio::ListedModel& lora);

}  // namespace lorikeet::widgets
