// `train`: the plan first, then the run itself. A run is a process of its own; this page only looks at it, so it finds any
// run again after a reload, a restart of the kernel or of the machine.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "studio/train_desk.hpp"
#include "widgets/errand.hpp"
#include "widgets/page.hpp"
#include "widgets/plan_words.hpp"
#include "widgets/run_panel.hpp"

namespace lorikeet::widgets {

class TrainPage : public Page {
  public:
    explicit TrainPage(House& house);
    void shown() override;

    RunPanel& panel() { return panel_; }
    Dropdown& runs() const { return *runs_; }
    std::string plan_html() const { return plan_->html(); }
    Checkbox& replace() const { return *replace_; }
    Button& other_name() const { return *other_name_; }
    const Children& fixes() const { return fixes_->children(); }

  private:
    Children plan_controls();
    void plan_soon();
    void plan();
    void show_plan(const studio::Plan& plan);
    void show_fixes(const std::vector<settings::Assignment>& fixes);
    void show_there(const std::optional<studio::ExistingOutput>& there);
    std::string why_not() const;  // what keeps a run from starting; empty when nothing does
    void start();
    void take_free_name();

    void look_for_runs();
    void show_runs(const std::vector<studio::RunSummary>& runs);
    void choose_run();

    RunPanel panel_;
    Html* plan_ = nullptr;
    Box* fixes_ = nullptr;
    Box* there_ = nullptr;
    Html* there_text_ = nullptr;
    Checkbox* replace_ = nullptr;
    Button* other_name_ = nullptr;
    Dropdown* runs_ = nullptr;
    std::vector<base::Path> run_folders_;
    settings::Job planned_;
    std::optional<studio::Plan> seen_;  // of the recipe as it stands; nothing while that is worked out
    bool shown_ = false;
    Errand plan_errand_, runs_errand_, start_errand_;
    std::unique_ptr<Timer> soon_;
};

}  // namespace lorikeet::widgets
