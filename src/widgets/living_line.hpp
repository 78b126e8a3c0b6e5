// One line that says which training goes on and how far it is, for a page that is not about it. Empty while none does.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "studio/living_runs.hpp"
#include "studio/run_watch.hpp"
#include "widgets/background_task.hpp"
#include "widgets/controls.hpp"

namespace lorikeet::widgets {

class LivingLine {
  public:
    // `show` leads to the run.
    LivingLine(SharedStyles& styles, std::function<void()> show);
    std::unique_ptr<Control> take_control() { return std::move(control_); }  // once

    void begin();                         // looks every two seconds from now on
    std::function<void()> on_other_runs;  // a training began or ended
    std::string text() const { return text_; }

  private:
    struct Trail;
    struct Found {
        std::string words;
        int pid = 0;
    };
    static Found look_at(Trail& trail);
    void look();
    void take(const Found& found);

    Loop& loop_;
    std::unique_ptr<Control> control_;
    Box* box_ = nullptr;
    Html* line_ = nullptr;
    std::string text_;
    int pid_ = 0;                   // of the run that is named
    std::shared_ptr<Trail> trail_;  // the task's thread alone
    BackgroundTask task_;
    std::unique_ptr<Timer> timer_;
};

}  // namespace lorikeet::widgets
