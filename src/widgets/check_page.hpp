// `check`: what the scan before a training says of the images, before anything is trained.
#pragma once

#include <memory>
#include <string>

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
    void use_for_training();

    Box* rows_ = nullptr;
    Progress* progress_ = nullptr;
    Fold* fine_ = nullptr;
    Button* use_ = nullptr;
    bool stale_ = false;  // the images have changed since
    std::unique_ptr<Timer> timer_;
    BackgroundTask task_;
};

}  // namespace lorikeet::widgets
