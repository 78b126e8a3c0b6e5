// `recipe`: what to train. Four fields are enough; all others are behind the switch. The recipe is complete only when the
// folders hold images and the model can be read.
#pragma once

#include <string>
#include <vector>

#include "settings/toml.hpp"
#include "studio/image_folder.hpp"
#include "studio/model_scanner.hpp"
#include "widgets/background_task.hpp"
#include "widgets/form.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

class RecipePage : public Page {
  public:
    explicit RecipePage(PageContext& context);
    void shown() override;

    Form& form() { return form_; }
    Dropdown& models() const { return *models_; }

  private:
    Children model_fields();
    Children file_row();
    void changed();
    void follow();
    void keep() const;
    void say_where_it_stands();
    std::string words_on_trigger() const;
    std::string words_on_practice_model() const;
    void note_model_chosen() const;

    void look_for_models();
    void show_models(const studio::ModelList& found_models);
    void choose_model();
    void mark_model();
    void check();
    struct Found;
    static Found find(const settings::Job& job, const base::Path& folder, const base::Cancel& cancel);
    void take_found(const Found& found);
    void go_on();
    void practise();

    base::Path file() const;
    void load();
    void take(const settings::Reading& reading);
    void save();
    void bring_back();

    Form form_;
    Dropdown* models_ = nullptr;
    Html* models_note_ = nullptr;
    Html* images_ = nullptr;
    Text* file_ = nullptr;
    Checkbox* replace_ = nullptr;
    Button* back_ = nullptr;
    Button* practice_ = nullptr;
    std::vector<studio::ListedModel> found_;
    std::string checked_;  // what the last check was of; empty: nothing yet
    bool checking_ = false;
    bool bare_ = false;   // no image of the first folder has a caption
    bool go_on_ = false;  // after the check
    Texts before_;        // what stood on the form before a file was loaded
    BackgroundTask scan_task_, check_task_, file_task_;
};

}  // namespace lorikeet::widgets
