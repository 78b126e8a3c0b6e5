// `test`: a picture with a LoRA, or the same picture at several strengths, each saved as PNG with its settings inside.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "studio/paint_launch.hpp"
#include "widgets/errand.hpp"
#include "widgets/form.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

class TestPage : public Page {
  public:
    explicit TestPage(House& house);
    void shown() override { look_for_files(); }

    Form& form() { return form_; }
    Dropdown& lora() const { return *lora_; }
    Text& strengths() const { return *strengths_; }
    Button& cancel_button() const { return *cancel_; }
    const std::vector<studio::PaintedPicture>& painted() const { return painted_; }

  private:
    Children lora_controls();
    void restore();
    void changed();
    void keep() const;
    std::string why_not() const;
    void say_where_it_stands();

    void look_for_files();
    void show_files(const studio::Shelf& shelf);
    void choose_model();
    void choose_lora();
    void choose_newest();
    std::string strengths_trouble() const;
    void mark_choices();

    studio::SampleRequest request() const;
    void paint();
    void look();
    void take(const studio::PaintView& view, const std::vector<std::string>& pngs);
    void show_picture(const studio::PaintedPicture& picture, const std::string& png);
    void over();
    void cancel();

    Form form_;
    Dropdown* models_ = nullptr;
    Dropdown* lora_ = nullptr;
    Html* lora_note_ = nullptr;
    Text* lora_file_ = nullptr;
    Text* strengths_ = nullptr;
    Box* strengths_box_ = nullptr;
    Html* strengths_note_ = nullptr;
    Text* folder_ = nullptr;
    Fold* more_ = nullptr;
    Button* cancel_ = nullptr;
    Progress* bar_ = nullptr;
    Box* pictures_ = nullptr;
    std::vector<studio::ShelfModel> bases_, loras_;
    std::string newest_;  // LoRA that was seen last; another one is chosen as soon as it is there
    std::vector<studio::PaintedPicture> painted_;
    std::shared_ptr<studio::Painting> painting_;  // the errand's thread alone while it is busy
    bool asked_to_stop_ = false;
    Errand files_errand_, paint_errand_;
    std::unique_ptr<Timer> timer_;
};

}  // namespace lorikeet::widgets
