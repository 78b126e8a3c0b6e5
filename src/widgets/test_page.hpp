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
#include "widgets/lora_field.hpp"
#include "widgets/page.hpp"
#include "widgets/test_images.hpp"

namespace lorikeet::widgets {

class TestPage : public Page {
  public:
    explicit TestPage(PageContext& context);
    void shown() override { look_for_files(); }

    Form& form() { return form_; }
    LoraField& lora() { return lora_; }
    const TestImages& images() const { return images_; }
    Text& strengths() const { return *strengths_; }
    Button& cancel_button() const { return *cancel_; }
    const std::vector<studio::GeneratedImage>& generated() const { return generated_; }

  private:
    Children lora_controls();
    Children more_controls();
    void restore();
    void changed();
    void keep() const;
    std::string why_not() const;
    void say_where_it_stands();

    void look_for_files();
    void show_files(const studio::ModelList& found_models, const std::string& prompt);
    void choose_model();
    void fill_prompt(const std::string& otherwise);
    std::string strengths_trouble() const;
    void mark_model();

    studio::SampleRequest request() const;
    void generate();
    void look();
    void take(const studio::SampleView& view, const std::vector<std::string>& pngs);
    void say_done(const studio::SampleView& view);
    void show_image(const studio::GeneratedImage& image, const std::string& png);
    void over();
    void cancel();

    Form form_;
    Dropdown* models_ = nullptr;
    LoraField lora_;
    Text* strengths_ = nullptr;
    Box* strengths_box_ = nullptr;
    Html* strengths_note_ = nullptr;
    Text* folder_ = nullptr;
    Fold* more_ = nullptr;
    Button* cancel_ = nullptr;
    Progress* bar_ = nullptr;
    TestImages images_;
    std::vector<studio::ListedModel> bases_;
    std::string lora_asked_;  // that of the images in the making, by its name; empty: none
    std::vector<studio::GeneratedImage> generated_;
    std::shared_ptr<studio::SampleProcess> sampling_;  // the task's thread alone while it is busy
    bool asked_to_stop_ = false;
    BackgroundTask files_task_, sample_task_;
    std::unique_ptr<Timer> timer_;
};

}  // namespace lorikeet::widgets
