// A change of many captions as it would be, for the person to look at before it is made: an anywidget part of our own
// (web/caption_changes.js).
//
// From a window: {kind: "make", plan}, {kind: "leave"}, {kind: "more"}. A plan that is not the one shown is not made.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "studio/caption_plan.hpp"
#include "widgets/controls.hpp"

namespace lorikeet::widgets {

class CaptionChanges : public Control {
  public:
    static constexpr std::size_t kShownAtOnce = 50;

    explicit CaptionChanges(SharedStyles& styles);

    // `doing`: of the button that makes it, "Change 12 captions".
    void show(studio::CaptionPlan plan, const std::string& doing);
    void clear();
    void say_busy(bool busy);
    const studio::CaptionPlan& plan() const { return plan_; }

    std::function<void()> on_make, on_leave;

    void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers) override;

  private:
    void show_rows();

    studio::CaptionPlan plan_;
    std::size_t shown_ = kShownAtOnce;
    std::int64_t number_ = 0;  // of the plan
};

}  // namespace lorikeet::widgets
