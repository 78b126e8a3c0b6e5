// `test`: an image with a LoRA, or the same image at several strengths, each saved as PNG with its settings inside.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "studio/sample_launch.hpp"
#include "widgets/background_task.hpp"
#include "widgets/form.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

class TestPage : public Page {
  public:
    explicit TestPage(PageContext& context);
    void shown() override { look_for_files(); }

    Form& form() { return form_; }
    Dropdown& lora() const { return *lora_; }
    Text& strengths() const { return *strengths_; }
    Button& cancel_button() const { return *cancel_; }
    const std::vector<studio::GeneratedImage>& generated() const { return generated_; }

  private:
    Children lora_controls();
    void restore();
    void changed();
    void keep() const;
    std::string why_not() const;
    void say_where_it_stands();

    void look_for_files();
    void show_files(const studio::ModelList& found_models);
    void choose_model();
    void choose_lora();
    void choose_newest();
    std::string strengths_trouble() const;
    void mark_choices();

    studio::SampleRequest request() const;
    void generate();
    void look();
    void take(const studio::SampleView& view, const std::vector<std::string>& pngs);
    void show_image(const studio::GeneratedImage& image, const std::string& png);
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
    Box* images_ = nullptr;
    std::vector<studio::ListedModel> bases_, loras_;
    std::string newest_;  // LoRA that was seen last; another one is chosen as soon as it is there
    std::vector<studio::GeneratedImage> generated_;
    std::shared_ptr<studio::SampleProcess> sampling_;  // the task's thread alone while it is busy
    bool asked_to_stop_ = false;
    BackgroundTask files_task_, sample_task_;
    std::unique_ptr<Timer> timer_;
};

}  // namespace lorikeet::widgets
