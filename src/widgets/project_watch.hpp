// How far the open project is, kept up to date for the strips of all pages; and what another notebook has typed meanwhile,
// which the pages of this one take over. Looked at in the background, every two seconds and when a page says that something
// has changed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "studio/project_progress.hpp"
#include "widgets/background_task.hpp"
#include "widgets/strip.hpp"

namespace lorikeet::widgets {

struct PageContext;

class ProjectWatch {
  public:
    explicit ProjectWatch(PageContext& context);

    const StripState& state() const { return state_; }
    void listen(std::function<void()> changed) { listeners_.push_back(std::move(changed)); }
    void look();  // at the files, soon

  private:
    void look_now_and_then();
    void tell();

    PageContext& context_;
    StripState state_;
    studio::ProjectProgress progress_;
    bool told_ = false;
    double looked_at_ = 0;  // what the folders' clocks said then
    std::vector<std::function<void()>> listeners_;
    std::unique_ptr<Timer> timer_;
    BackgroundTask task_;
};

}  // namespace lorikeet::widgets
