// The trainings that run on this machine and are not shown on the page: a row each, with a way to it and a way to stop it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "studio/living_runs.hpp"
#include "widgets/background_task.hpp"
#include "widgets/controls.hpp"

namespace lorikeet::widgets {

class OtherRuns {
  public:
    explicit OtherRuns(SharedStyles& styles);

    Children take_controls() { return std::move(controls_); }  // once
    void show(const std::vector<studio::LivingRun>& living, const base::Path& shown_below);
    const Children& rows() const { return box_->children(); }

    std::function<void(const base::Path& folder)> on_show;
    std::function<void(const std::string& sentence)> on_stop;  // it was asked
    std::function<void(const base::Error&)> on_trouble;

  private:
    std::unique_ptr<Control> row(const studio::LivingRun& run);
    void stop(const studio::LivingRun& run);

    SharedStyles& styles_;
    Children controls_;
    Box* box_ = nullptr;
    std::string known_;
    BackgroundTask stopping_;
};

}  // namespace lorikeet::widgets
