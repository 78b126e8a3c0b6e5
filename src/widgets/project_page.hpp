// `project`: where the images lie. One field, remembered as it is typed.
#pragma once

#include <string>

#include "widgets/background_task.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

class ProjectPage : public Page {
  public:
    explicit ProjectPage(PageContext& context);
    void shown() override { look(); }

  private:
    void typed();
    void look();

    Box* field_ = nullptr;
    Text* folder_ = nullptr;
    Html* note_ = nullptr;
    BackgroundTask task_;
};

}  // namespace lorikeet::widgets
