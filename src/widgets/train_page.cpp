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
      plan_task_(context.loop()),
      runs_task_(context.loop()),
      start_task_(context.loop()),
      living_task_(context.loop()) {
    Parts parts;
    parts.fields = plan_controls();
    put<Button>(parts.beside, styles_,
                ControlText{"Plan again", "Looks at the recipe and the images again", {}}, "refresh",
                [this] { plan(); });
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
    Children all, there, details;
    plan_ = &put<Html>(all, styles_, "");
    details_ = &put<Html>(details, styles_, "");
    details_fold_ = &put<Fold>(all, styles_, "Details of the plan", std::move(details));
    details_fold_->show(Shown::No);
    fixes_ = &put<Box>(all, styles_, Box::Way::Across, Children{}, Classes{"lk-buttons", "lk-hidden"});
    there_text_ = &put<Html>(there, styles_, "", Classes{"lk-note"});
    replace_ = &put<Checkbox>(there, styles_, ControlText{"Replace it: everything in it is deleted", {}, {}});
    replace_->on_change = [this] {
        show_there();
        say_where_it_stands();
    };
    other_name_ = &put<Button>(there, styles_, ControlText{"Use another name", {}, {"lk-fix"}}, "pencil",
                               [this] { take_free_name(); });
    there_ = &put<Box>(all, styles_, Box::Way::Down, std::move(there), Classes{"lk-element", "lk-hidden"});
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

void TrainPage::no_plan(Aloud aloud) {
    plan_task_.stop();
    std::vector<std::string> names;
    for (const auto& trouble : context_.recipe.troubles()) names.push_back(full_label(trouble.paths.front()));
    plan_->write(fmt::format("<div class=\"lk-note\">{}</div>",
                             escape("Missing in the recipe: " + base::join(names, ", ") + ".")));
    details_fold_->show(Shown::No);
    show_fixes({});
    show_there();
    if (aloud == Aloud::Yes && !panel_.is_alive()) say(Mood::Look, kIncomplete);
}

TrainPage::Planned TrainPage::make_plan(const settings::Job& job, base::Cancel& cancel) const {
    Planned planned;
    planned.plan = studio::plan(job, studio::Existing::Replace, cancel);
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
    const auto& found = planned.plan;
    if (found.problems.empty()) {
        plan_->write(html_of_plan(found));
        details_->write(facts_table(facts_of(planned_, found)));
    } else {
        std::vector<Fact> facts;
        for (const auto& problem : found.problems) {
            const auto fields = fields_named(problem.where + " " + problem.what);
            facts.push_back({fields.empty() ? problem.where : fields.front(),
                             words_for_page(problem.what + " " + problem.hint)});
        }
        plan_->write(facts_table(facts));
    }
    details_fold_->show(found.problems.empty() ? Shown::Yes : Shown::No);
    show_fixes(found.fixes);
    replace_->write(false);
    show_there();
    if (aloud == Aloud::Yes) say_where_it_stands();
    const auto pressed = std::exchange(pressed_, {});
    if (!pressed.empty() && pressed == main().label() && why_not().empty()) start();
}

// A note of the plan may name a better setting; it is one press away, and never set by itself.
void TrainPage::show_fixes(const std::vector<settings::Assignment>& fixes) {
    Children buttons;
    for (const auto& fix : fixes)
        put<Button>(buttons, styles_,
                    ControlText{fix_label(fix), "Changes the recipe, and plans again", {"lk-fix"}}, "wrench",
                    [this, fix] {
                        context_.type_recipe(fix.path, fix.text);
                        plan();
                    });
    fixes_->set_children(std::move(buttons));
    fixes_->show(fixes.empty() ? Shown::No : Shown::Yes);
}

// What lies where the run would go. A run that can go on is resumed by the main button; to replace it is asked for.
void TrainPage::show_there() {
    const bool there = seen_ && seen_->plan.existing;
    there_->show(there ? Shown::Yes : Shown::No);
    main().set_label(offers_resume() ? "Resume" : offers_test() ? "Continue to test" : "Start");
    panel_.leave_resume_of(offers_resume() ? placed(context_.folder / seen_->plan.run_folder) : base::Path());
    if (!there) return;
    const auto& existing = *seen_->plan.existing;
    auto html = facts_table(facts_of(seen_->plan.run_folder, existing));
    if (offers_resume() && seen_->differs)
        html +=
            "<div>The recipe has changed since. Resume keeps the settings that this run began with.</div>";
    there_text_->write(html);
    replace_->show(existing.is_run && existing.pid == 0 ? Shown::Yes : Shown::No);
    other_name_->set_label(fmt::format("Use the name {} instead", existing.next_free_name));
}

bool TrainPage::offers_resume() const {
    return seen_ && seen_->there && seen_->there->resumable && !replace_->value();
}

// What the recipe says is trained already.
bool TrainPage::offers_test() const {
    return seen_ && seen_->there && seen_->there->state == RunState::Finished && !seen_->differs &&
           !replace_->value();
}

std::string TrainPage::why_not() const {
    if (panel_.is_alive() || !living_.empty()) return "One training at a time: stop it first, or wait.";
    if (offers_resume() || offers_test()) return {};
    if (!context_.recipe.troubles().empty()) return kIncomplete;
    if (!seen_) return "The plan is not ready yet.";
    if (const auto problems = seen_->plan.problems.size(); problems > 0)
        return problems == 1 ? "The plan has a problem, see above."
                             : fmt::format("The plan has {} problems, see above.", problems);
    if (seen_->plan.existing && (!replace_->shown() || !replace_->value()))
        return "A run of this name exists. Replace it, or use the other name.";
    return {};
}

void TrainPage::say_where_it_stands() {
    const bool resumes = offers_resume();
    if (panel_.is_alive() || !seen_) return;
    const auto reason = why_not();
    if (!reason.empty())
        return say(seen_->plan.problems.empty() || !living_.empty() ? Mood::Look : Mood::Wrong, reason);
    if (offers_test())
        return say(Mood::Done, fmt::format("{} is finished.", seen_->there->name),
                   "To train it again, replace it or use another name.");
    if (!resumes) return say(Mood::Ready, "Ready to start.");
    const auto& run = *seen_->there;
    say(Mood::Ready, fmt::format("{} {} at step {}{}. Resume goes on from there.", run.name,
                                 run.state == RunState::Stopped ? "was stopped" : "ended", run.step,
                                 run.total_steps > 0 ? fmt::format(" of {}", run.total_steps) : ""));
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
    if (!context_.recipe.troubles().empty()) return;
    pressed_ = main().label();
    say(Mood::Busy, "Looking at the images first.");
}

void TrainPage::start() {
    if (!seen_ && !panel_.is_alive()) return start_when_planned();
    if (const auto reason = why_not(); !reason.empty()) return say(Mood::Look, reason);
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
                show_there();
                panel_.follow(placed(launched.run_folder), launched, RunPanel::Begun::Here);
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
    // What ended may have left a run of the recipe's name, or may have been in its way.
    if (went_on && !goes_on_ && shown_) plan(Aloud::No);
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
