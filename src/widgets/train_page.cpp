#include "widgets/train_page.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "settings/check.hpp"
#include "settings/toml.hpp"
#include "studio/run_launch.hpp"
#include "studio/workspace.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using namespace std::chrono_literals;
using Classes = std::vector<std::string>;
using studio::RunState;

namespace {

constexpr auto kQuiet = 800ms;  // after the last key on the recipe, before the plan is made again
constexpr auto kLook = 1s;      // between two looks at what runs
constexpr const char* kIncomplete = "The recipe is not complete. Go to the cell recipe.";

base::Path placed(const base::Path& folder) { return std::filesystem::absolute(folder).lexically_normal(); }

// Without the step of a living one: a list that is open must not change each second.
std::string say_run(const studio::RunSummary& run) {
    auto text = fmt::format("{} \u2013 {}", run.name, studio::words_for(run.state));
    if (run.total_steps > 0 && run.state != RunState::Running)
        text += fmt::format(", step {} of {}", run.step, run.total_steps);
    return text;
}

bool same(const std::vector<studio::LivingRun>& some, const std::vector<studio::LivingRun>& others) {
    return std::equal(some.begin(), some.end(), others.begin(), others.end(),
                      [](const auto& a, const auto& b) {
                          return a.pid == b.pid && a.record == b.record && a.folder_gone == b.folder_gone;
                      });
}

bool is_among(const std::vector<studio::LivingRun>& runs, int pid) {
    return std::any_of(runs.begin(), runs.end(), [&](const auto& run) { return run.pid == pid; });
}

bool settings_differ(const base::Path& job_file, const settings::Job& recipe) {
    try {
        const auto then = settings::read_job_file(job_file);
        return !settings::difference(then.job, recipe, settings::Effect::Results).empty();
    } catch (const base::Error&) {
        return false;  // nothing to compare with
    }
}

}  // namespace

TrainPage::TrainPage(PageContext& context)
    : Page(context),
      panel_(
          context,
          [this](Mood mood, const std::string& sentence, const std::string& more) {
              say(mood, sentence, more);
          },
          [this](const std::vector<std::string>& lines) { write_log(lines); }),
      others_(context.styles),
      plan_(context.styles),
      plan_task_(context.loop()),
      runs_task_(context.loop()),
      start_task_(context.loop()),
      living_task_(context.loop()) {
    Parts parts;
    parts.fields = plan_controls();
    put<Button>(parts.beside, styles_,
                ControlText{"Plan again", "Looks at the recipe and the images again", {}}, "refresh",
                [this] { plan_again(); });
    runs_ = &put<Dropdown>(parts.below, styles_, ControlText{"Run shown here", {}, {"lk-input", "lk-wide"}},
                           std::vector<std::string>{});
    runs_->on_change = [this] { choose_run(); };
    runs_->show(Shown::No);
    for (auto& control : panel_.take_controls()) parts.below.push_back(std::move(control));
    assemble({"Train", "Training goes on when this page is closed.", "Start", "play",
              "Next: run the cell <code>test</code>."},
             std::move(parts), [this] { start(); });
    context_.recipe_changed.emplace_back([this] { plan_soon(); });
    context_.runs_changed.emplace_back([this] { look_for_runs(); });
}

Children TrainPage::plan_controls() {
    auto all = plan_.take_controls();
    plan_.on_fix = [this](const settings::Assignment& fix) {
        context_.type_recipe(fix.path, fix.text);
        plan();
    };
    plan_.on_replace = [this] {
        show_there();
        say_where_it_stands();
    };
    plan_.on_other_name = [this] { take_free_name(); };
    for (auto& control : others_.take_controls()) all.push_back(std::move(control));
    others_.on_show = [this](const base::Path& folder) { follow(folder); };
    others_.on_stop = [this](const std::string& sentence) { say(Mood::Busy, sentence); };
    others_.on_trouble = [this](const base::Error& error) { say(error); };
    return all;
}

void TrainPage::shown() {
    shown_ = true;
    plan();
    look_for_runs();
    if (!living_timer_) living_timer_ = context_.loop().every(kLook, [this] { ask_processes(); });
}

// ---- The plan

void TrainPage::plan_soon() {
    seen_.reset();
    plan_task_.stop();  // its answer would be that of what stood there before, and so is a press
    pressed_.clear();
    if (!shown_) return;
    soon_ = context_.loop().every(kQuiet, [this] {
        soon_.reset();
        plan();
    });
}

// Who presses wants to see it, also while a run goes on.
void TrainPage::plan_again() {
    plan_.open();
    plan();
}

void TrainPage::no_plan(Aloud aloud) {
    plan_task_.stop();
    std::vector<std::string> names;
    for (const auto& trouble : context_.recipe.troubles()) names.push_back(full_label(trouble.paths.front()));
    plan_.show_missing(names);
    show_there();
    if (aloud == Aloud::Yes && !panel_.is_alive())
        say(living_.empty() ? Mood::Look : Mood::Busy, living_.empty() ? kIncomplete : why_not());
}

TrainPage::Planned TrainPage::make_plan(const settings::Job& job, base::Cancel& cancel) const {
    Planned planned;
    planned.plan = studio::plan(job, std::nullopt, cancel);
    if (!planned.plan.existing || !planned.plan.existing->is_run) return planned;
    const auto folder = context_.folder / planned.plan.run_folder;
    planned.there = studio::summary_of(folder);
    planned.differs =
        settings_differ(folder / "job.toml", planned.plan.job);  // what is open in both is chosen
    return planned;
}

void TrainPage::plan(Aloud aloud) {
    seen_.reset();
    if (!context_.recipe.troubles().empty()) return no_plan(aloud);
    if (aloud == Aloud::Yes && !panel_.is_alive()) say(Mood::Busy, "Looking at the images.");
    plan_task_.start(
        [this, aloud, job = context_.recipe.job()](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto planned = make_plan(job, cancel);
            return [this, aloud, job, planned] {
                planned_ = job;
                show_plan(planned, aloud);
            };
        },
        [this](const base::Error& error) {
            pressed_.clear();
            say(error);
        });
}

void TrainPage::show_plan(const Planned& planned, Aloud aloud) {
    seen_ = planned;
    plan_.show(planned_, planned.plan);
    plan_.leave();
    show_there();
    if (aloud == Aloud::Yes) say_where_it_stands();
    const auto pressed = std::exchange(pressed_, {});
    if (!pressed.empty() && pressed == main().label() && why_not().empty()) start();
}

// What lies where the run would go. A run that can go on is resumed by the main button; to replace it is asked for. Where a
// run is what counts, the plan is folded away: the one above would contradict the other below.
void TrainPage::show_there() {
    const bool ready = !goes_on_ && seen_;
    const bool there = ready && seen_->plan.existing;
    const bool settled = ready && seen_->there && (seen_->there->resumable || is_trained());
    if (there)
        plan_.show_existing(seen_->plan.run_folder, *seen_->plan.existing);
    else
        plan_.hide_existing();
    using About = PlanPanel::About;
    plan_.place(goes_on_ ? About::ARunningRun : settled ? About::ARun : About::ThisPlan);
    const bool deletes = there && plan_.may_replace() && plan_.replaces();
    main().set_label(goes_on_          ? "Start"
                     : offers_resume() ? "Resume"
                     : offers_test()   ? "Continue to test"
                     : deletes         ? "Delete and start"
                                       : "Start");
    panel_.leave_resume_of(offers_resume() ? placed(context_.folder / seen_->plan.run_folder) : base::Path());
}

bool TrainPage::offers_resume() const {
    return seen_ && seen_->there && seen_->there->resumable && !plan_.replaces();
}

bool TrainPage::is_trained() const {
    return seen_ && seen_->there && seen_->there->state == RunState::Finished && !seen_->differs;
}

bool TrainPage::offers_test() const { return is_trained() && !plan_.replaces(); }

std::string TrainPage::name_of_living() const {
    if (panel_.is_alive()) return panel_.folder().filename().string();
    return living_.empty() ? std::string() : living_.front().name;
}

std::string TrainPage::why_not() const {
    if (const auto name = name_of_living(); !name.empty())
        return fmt::format("Waiting: {} is training.", name);
    if (offers_resume() || offers_test()) return {};
    if (!context_.recipe.troubles().empty()) return kIncomplete;
    if (!seen_) return "The plan is not ready yet.";
    if (const auto problems = seen_->plan.problems.size(); problems > 0)
        return problems == 1 ? "The plan has a problem, see above."
                             : fmt::format("The plan has {} problems, see above.", problems);
    if (seen_->plan.existing && !plan_.may_replace())
        return "A folder of this name exists, which is no run. Use the other name.";
    if (seen_->plan.existing && !plan_.replaces())
        return "A run of this name exists. Replace it, or use the other name.";
    return {};
}

Mood TrainPage::mood_of_obstacle() const {
    if (!name_of_living().empty()) return Mood::Busy;
    return seen_ && !seen_->plan.problems.empty() ? Mood::Wrong : Mood::Look;
}

void TrainPage::say_where_it_stands() {
    if (panel_.is_alive()) return;  // it speaks for itself
    says_waits_ = !living_.empty();
    if (!seen_ && !says_waits_) return;
    if (const auto reason = why_not(); !reason.empty()) return say(mood_of_obstacle(), reason);
    if (offers_test())
        return say(Mood::Done, fmt::format("{} is finished.", seen_->there->name),
                   "To train it again, open the plan: replace it, or use another name.");
    if (offers_resume()) {
        const auto& run = *seen_->there;
        return say(Mood::Ready,
                   fmt::format("{} {} at step {}{}. Resume goes on from there.", run.name,
                               run.state == RunState::Stopped ? "was stopped" : "ended", run.step,
                               run.total_steps > 0 ? fmt::format(" of {}", run.total_steps) : ""),
                   seen_->differs ? "The recipe has changed since. Resume keeps the settings that this run "
                                    "began with."
                                  : "");
    }
    say(Mood::Ready, "Ready to start.",
        seen_->plan.existing ? fmt::format("Everything in {} is deleted.", seen_->plan.run_folder.string())
                             : "");
}

void TrainPage::take_free_name() {
    if (!seen_ || !seen_->plan.existing) return;
    context_.type_recipe("output.name", seen_->plan.existing->next_free_name);
    plan();
}

// ---- Starting

// A press is not lost: what the button says is done once the plan is there, unless that offers something else.
void TrainPage::start_when_planned() {
    if (!pressed_.empty()) return;
    plan();
    if (!context_.recipe.troubles().empty()) return lead_on("recipe", Way::Above);
    pressed_ = main().label();
    say(Mood::Busy, "Looking at the images first.");
}

void TrainPage::start() {
    if (!seen_ && !panel_.is_alive()) return start_when_planned();
    if (const auto reason = why_not(); !reason.empty()) return say(mood_of_obstacle(), reason);
    if (offers_test()) return lead_on("test");
    if (offers_resume()) return panel_.resume(placed(context_.folder / seen_->plan.run_folder));
    const auto existing = seen_->plan.existing ? studio::Existing::Replace : studio::Existing::Refuse;
    say(Mood::Busy, "Starting.");
    main().enable(Enabled::No);
    start_task_.start(
        [this, job = planned_, existing, folder = context_.folder](base::Cancel&) -> BackgroundTask::Answer {
            const auto launched = studio::launch_training(job, existing, {folder, {}});
            return [this, launched] {
                seen_.reset();
                plan_.leave();
                panel_.follow(placed(launched.run_folder), launched, RunPanel::Begun::Here);
                show_living(living_);
                look_for_runs();
            };
        },
        [this](const base::Error& error) {
            say(error);
            look_for_runs();
        });
}

// ---- What runs

void TrainPage::ask_processes() {
    if (living_task_.busy()) return;
    living_task_.start(
        [this](base::Cancel&) -> BackgroundTask::Answer {
            auto living = studio::living_runs();
            return [this, living = std::move(living)] {
                if (same(polled_, living)) return;
                polled_ = living;
                look_for_runs();
            };
        },
        [](const base::Error&) {});
}

void TrainPage::show_living(std::vector<studio::LivingRun> living) {
    const bool went_on = goes_on_;
    living_ = std::move(living);
    goes_on_ = panel_.is_alive() || !living_.empty();
    others_.show(living_, panel_.folder());
    main().enable(goes_on_ ? Enabled::No : Enabled::Yes);
    if (went_on == goes_on_) return;
    show_there();
    if (goes_on_) return say_where_it_stands();
    // What ended may have left a run of the recipe's name, or may have been in its way.
    if (shown_) plan(std::exchange(says_waits_, false) ? Aloud::Yes : Aloud::No);
}

void TrainPage::look_for_runs() {
    others_.show(living_, panel_.folder());
    const auto folder = context_.folder / context_.recipe.job().output.folder;
    runs_task_.start(
        [this, folder](base::Cancel&) -> BackgroundTask::Answer {
            Seen seen{studio::list_runs(folder), studio::living_runs()};
            for (const auto& run : seen.runs)  // known by the lock of its folder alone
                if (run.state == RunState::Running && !is_among(seen.living, run.pid))
                    seen.living.push_back({run.name, placed(run.folder), run.pid, 0, {}, false});
            return [this, seen] { show_runs(seen); };
        },
        [this](const base::Error& error) { log(error.what()); });
}

void TrainPage::add_run(const base::Path& folder, std::string words) {
    run_folders_.push_back(folder);
    run_words_.push_back(std::move(words));
}

// Every run in the folder, every one that lives anywhere, and always the one that is shown.
void TrainPage::show_runs(const Seen& seen) {
    run_folders_.clear();
    run_words_.clear();
    const auto is_listed = [&](const base::Path& folder) {
        return std::find(run_folders_.begin(), run_folders_.end(), folder) != run_folders_.end();
    };
    for (const auto& run : seen.runs) {
        const auto folder = placed(run.folder);
        const bool starts = folder == panel_.folder() && panel_.is_alive() && run.state != RunState::Running;
        add_run(folder, starts ? run.name + " \u2013 starting" : say_run(run));
    }
    for (const auto& run : seen.living)
        if (!is_listed(run.folder))
            add_run(run.folder, fmt::format("{} \u2013 running, {}", run.name,
                                            run.folder_gone ? std::string("its folder was deleted or moved")
                                                            : "in " + run.folder.parent_path().string()));
    if (!panel_.folder().empty() && !is_listed(panel_.folder()))
        add_run(panel_.folder(), fmt::format("{} \u2013 {}", panel_.folder().filename().string(),
                                             panel_.is_alive() ? "starting" : "its folder is gone"));
    const auto at = std::find(run_folders_.begin(), run_folders_.end(), panel_.folder());
    const int shown = at == run_folders_.end() ? -1 : static_cast<int>(at - run_folders_.begin());
    runs_->set_options(run_words_, shown);
    runs_->show(run_words_.empty() ? Shown::No : Shown::Yes);
    show_living(seen.living);
    if (shown >= 0 || run_folders_.empty()) return;
    // Nothing is shown yet: the run that is going on, else the last one.
    follow(seen.living.empty() ? run_folders_.front() : seen.living.front().folder);
}

void TrainPage::choose_run() {
    const auto index = runs_->index();
    if (index < 0 || index >= static_cast<int>(run_folders_.size())) return;
    follow(run_folders_[static_cast<std::size_t>(index)]);
}

void TrainPage::follow(const base::Path& folder) {
    panel_.follow(folder, studio::last_launch(folder), RunPanel::Begun::Before);
    const auto at = std::find(run_folders_.begin(), run_folders_.end(), folder);
    if (at != run_folders_.end()) runs_->write(static_cast<int>(at - run_folders_.begin()));
    others_.show(living_, panel_.folder());
    say_where_it_stands();
}

}  // namespace lorikeet::widgets
