// `recipe`: what is learned, from which pictures, on which model. Four fields are enough; all others are behind the switch.
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
    void shown() override { look_for_models(); }

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
    void look_at_folder();
    void show_pictures(const studio::PictureLook& look);

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
    std::string folder_looked_at_;
    Texts before_;  // what stood on the form before a file was loaded
    Errand shelf_errand_, folder_errand_, file_errand_;
};

}  // namespace lorikeet::widgets
