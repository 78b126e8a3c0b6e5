// `check`: what the scan before a training says of the images, before anything is trained.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "studio/dataset_check.hpp"
#include "widgets/background_task.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

class CheckPage : public Page {
  public:
    explicit CheckPage(PageContext& context);
    void shown() override { check(); }
    void came() override;

  private:
    struct Found;
    struct Seen;
    void check();
    void show(const Found& found);
    void end_progress();
    std::string typed_folder(const studio::CheckedFolder& folder) const;
    bool recipe_has(const std::vector<studio::CheckedFolder>& folders) const;
    void use_for_training();

    Box* rows_ = nullptr;
    Progress* progress_ = nullptr;
    Fold* fine_ = nullptr;
    Button* use_ = nullptr;
    std::vector<studio::CheckedFolder> folders_;
    bool stale_ = false;  // the images have changed since
    std::unique_ptr<Timer> timer_;
    BackgroundTask task_;
};

}  // namespace lorikeet::widgets
