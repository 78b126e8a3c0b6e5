// The plan of a run on the page `train`: a sentence and its notes, details folded away, advice one press away, and what lies
// where the run would go. All of it is in one fold: open where something is to be decided, folded where a run is what counts.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "settings/job.hpp"
#include "studio/train_desk.hpp"
#include "widgets/controls.hpp"
#include "widgets/fold.hpp"

namespace lorikeet::widgets {

class PlanPanel {
  public:
    explicit PlanPanel(SharedStyles& styles);
    Children take_controls() { return std::move(controls_); }  // once

    void show(const settings::Job& job, const studio::Plan& plan);  // `job` as the person wrote it
    void show_missing(const std::vector<std::string>& fields);  // there is no plan before these are filled in

    // What lies in the folder of the run. Nothing: it is free, or this is not the time to ask.
    void show_existing(const base::Path& run_folder, const studio::ExistingOutput& existing);
    void hide_existing();
    bool may_replace() const { return replace_->shown(); }
    bool replaces() const { return replace_->value(); }
    void leave() { replace_->write(false); }

    // What the page is about. It opens or folds the plan when that changes, and leaves it as the person has it otherwise.
    enum class About { ThisPlan, ARun, ARunningRun };
    void place(About about);
    void open() { fold_->open(Shown::Yes); }
    bool is_open() const { return fold_->is_open(); }

    std::function<void(const settings::Assignment&)> on_fix;
    std::function<void()> on_replace;     // the box was ticked or unticked
    std::function<void()> on_other_name;  // the next free name is to be used

    // For tests.
    std::string html() const { return plan_->html() + details_->html(); }
    Checkbox& replace() const { return *replace_; }
    Button& other_name() const { return *other_name_; }
    Box& existing() const { return *there_; }
    const Children& fixes() const { return fixes_->children(); }

  private:
    Children existing_controls();
    void show_fixes(const std::vector<settings::Assignment>& fixes);

    SharedStyles& styles_;
    Children controls_;
    Fold* fold_ = nullptr;
    About about_ = About::ThisPlan;
    Html* plan_ = nullptr;
    Fold* details_fold_ = nullptr;
    Html* details_ = nullptr;
    Box* fixes_ = nullptr;
    Box* there_ = nullptr;
    Html* there_text_ = nullptr;
    Checkbox* replace_ = nullptr;
    Button* other_name_ = nullptr;
};

}  // namespace lorikeet::widgets
