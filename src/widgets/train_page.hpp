// `train`: the plan first, then the run itself. A run is a process of its own; this page only looks at it, so it finds any
// run again after a reload, a restart of the kernel or of the machine.
//
// What runs is asked of the processes (studio/living_runs), about once a second: a training that goes on in another
// folder, or without its folder, is named here, can be stopped, and keeps a second one from starting.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "studio/living_runs.hpp"
#include "studio/train_desk.hpp"
#include "widgets/background_task.hpp"
#include "widgets/other_runs.hpp"
#include "widgets/page.hpp"
#include "widgets/plan_panel.hpp"
#include "widgets/run_panel.hpp"

namespace lorikeet::widgets {

class TrainPage : public Page {
  public:
    explicit TrainPage(PageContext& context);
    void shown() override;

    RunPanel& panel() { return panel_; }
    Dropdown& runs() const { return *runs_; }
    PlanPanel& the_plan() { return plan_; }
    const OtherRuns& others() const { return others_; }

  private:
    // What a look at the disk and the processes found.
    struct Seen {
        std::vector<studio::RunSummary> runs;
        std::vector<studio::LivingRun> living;
    };
    struct Planned {
        studio::Plan plan;
        std::optional<studio::RunSummary> there;  // the run of this name
        bool differs = false;                     // its settings are not those of the recipe
    };
    Children plan_controls();
    void plan_again();
    void plan_soon();
    enum class Aloud { Yes, No };  // No: what the status line says of the run stays
    void plan(Aloud aloud = Aloud::Yes);
    void no_plan(Aloud aloud);
    Planned make_plan(const settings::Job& job, base::Cancel& cancel) const;
    void show_plan(const Planned& planned, Aloud aloud);
    void show_there();
    bool offers_resume() const;
    bool offers_test() const;
    bool is_trained() const;             // what the recipe says, to its end
    std::string name_of_living() const;  // of a training that goes on, here or elsewhere; else empty
    std::string why_not() const;         // what keeps a run from starting; empty when nothing does
    Mood mood_of_obstacle() const;
    void say_where_it_stands();
    void start();
    void start_when_planned();
    void take_free_name();

    void ask_processes();
    void show_living(std::vector<studio::LivingRun> living);
    void look_for_runs();
    void show_runs(const Seen& seen);
    void add_run(const base::Path& folder, std::string words);
    void choose_run();
    void follow(const base::Path& folder);

    RunPanel panel_;
    OtherRuns others_;
    PlanPanel plan_;
    Dropdown* runs_ = nullptr;
    std::vector<base::Path> run_folders_;
    std::vector<std::string> run_words_;
    settings::Job planned_;
    std::optional<Planned> seen_;  // of the recipe as it stands; nothing while that is worked out
    std::string pressed_;          // what the main button said when it was pressed before the plan was there
    std::vector<studio::LivingRun> living_, polled_;
    bool shown_ = false;
    bool goes_on_ = false;     // a training, here or elsewhere
    bool says_waits_ = false;  // the status line names what is waited for
    BackgroundTask plan_task_, runs_task_, start_task_, living_task_;
    std::unique_ptr<Timer> soon_, living_timer_;
};

}  // namespace lorikeet::widgets
