// `recipe`: what to train. Four fields are enough; all others are behind the switch. The recipe is complete only when the
// folders hold images and the model can be read.
#pragma once

#include <string>
#include <vector>

#include "settings/toml.hpp"
#include "studio/model_shelf.hpp"
#include "studio/picture_shelf.hpp"
#include "widgets/errand.hpp"
#include "widgets/form.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

class RecipePage : public Page {
  public:
    explicit RecipePage(House& house);
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

    void look_for_models();
    void show_models(const studio::Shelf& shelf);
    void choose_model();
    void mark_model();
    void check();
    struct Found;
    static Found find(const settings::Job& job, const base::Path& folder, const base::Cancel& cancel);
    void take_found(const Found& found);
    void go_on();

    base::Path file() const;
    void load();
    void take(const settings::Reading& reading);
    void save();
    void bring_back();

    Form form_;
    Dropdown* models_ = nullptr;
    Html* models_note_ = nullptr;
    Html* pictures_ = nullptr;
    Text* file_ = nullptr;
    Checkbox* replace_ = nullptr;
    Button* back_ = nullptr;
    std::vector<studio::ShelfModel> found_;
    std::string checked_;  // what the last check was of; empty: nothing yet
    bool checking_ = false;
    bool go_on_ = false;  // after the check
    Texts before_;        // what stood on the form before a file was loaded
    Errand shelf_errand_, check_errand_, file_errand_;
};

}  // namespace lorikeet::widgets
