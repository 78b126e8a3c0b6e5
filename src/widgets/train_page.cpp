#include "widgets/train_page.hpp"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/text.hpp"
#include "studio/run_launch.hpp"
#include "studio/workspace.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using namespace std::chrono_literals;
using Classes = std::vector<std::string>;

namespace {

constexpr auto kQuiet = 800ms;  // after the last key on the recipe, before the plan is made anew

base::Path placed(const base::Path& folder) { return std::filesystem::absolute(folder).lexically_normal(); }

std::string say_run(const studio::RunSummary& run) {
    auto text = fmt::format("{} \u2013 {}", run.name, studio::words_for(run.state));
    if (run.total_steps > 0) text += fmt::format(", step {} of {}", run.step, run.total_steps);
    return text;
}

}  // namespace

TrainPage::TrainPage(House& house)
    : Page(house),
      panel_(
          house,
          [this](Mood mood, const std::string& sentence, const std::string& more) {
              say(mood, sentence, more);
          },
          [this](const std::vector<std::string>& lines) { write_log(lines); }),
      plan_errand_(house.loop()),
      runs_errand_(house.loop()),
      start_errand_(house.loop()) {
    Parts parts;
    parts.fields = plan_controls();
    put<Button>(parts.beside, looks_, Saying{"Plan again", "Looks at the recipe and the pictures anew", {}},
                "refresh", [this] { plan(); });
    runs_ = &put<Dropdown>(parts.below, looks_, Saying{"Run shown here", {}, {"lk-input", "lk-wide"}},
                           std::vector<std::string>{});
    runs_->on_change = [this] { choose_run(); };
    runs_->show(Shown::No);
    for (auto& control : panel_.take_controls()) parts.below.push_back(std::move(control));
    assemble(
        {"Train",
         "The plan first; nothing begins before you press Start. The run goes on when this page is closed.",
         "Start", "play", "Next: run the cell <code>test</code> when a LoRA is written."},
        std::move(parts), [this] { start(); });
    house_.recipe_changed.emplace_back([this] { plan_soon(); });
    house_.runs_changed.emplace_back([this] { look_for_runs(); });
}

Children TrainPage::plan_controls() {
    Children all, there;
    plan_ = &put<Html>(all, looks_, "");
    fixes_ = &put<Box>(all, looks_, Box::Way::Across, Children{}, Classes{"lk-buttons", "lk-hidden"});
    there_text_ = &put<Html>(there, looks_, "", Classes{"lk-note"});
    replace_ = &put<Checkbox>(there, looks_, Saying{"Yes, replace it; what is in it is deleted", {}, {}});
    other_name_ = &put<Button>(there, looks_, Saying{"Use another name", {}, {"lk-fix"}}, "pencil",
                               [this] { take_free_name(); });
    there_ = &put<Box>(all, looks_, Box::Way::Down, std::move(there), Classes{"lk-element", "lk-hidden"});
    return all;
}

void TrainPage::shown() {
    shown_ = true;
    plan();
    look_for_runs();
}

// ---- The plan

void TrainPage::plan_soon() {
    seen_.reset();
    if (!shown_) return;
    soon_ = house_.loop().every(kQuiet, [this] {
        soon_.reset();
        plan();
    });
}

void TrainPage::plan() {
    seen_.reset();
    const auto& troubles = house_.recipe.troubles();
    if (!troubles.empty()) {
        plan_errand_.stop();
        std::vector<std::string> names;
        for (const auto& trouble : troubles) names.push_back(full_label(trouble.paths.front()));
        plan_->write(
            fmt::format("<div class=\"lk-note\">{}</div>",
                        escape("No plan yet. The recipe needs a look: " + base::join(names, ", ") + ".")));
        show_fixes({});
        show_there({});
        if (!panel_.is_alive())
            say(Mood::Look, "The recipe is not complete. Run the cell recipe, and come back.");
        return;
    }
    if (!panel_.is_alive()) say(Mood::Busy, "Looking at the pictures for the plan.");
    plan_errand_.start(
        [this, job = house_.recipe.job()](base::Cancel& cancel) -> Errand::Answer {
            const auto seen = studio::plan(job, studio::Existing::Replace, cancel);
            return [this, job, seen] {
                planned_ = job;
                show_plan(seen);
            };
        },
        [this](const base::Error& error) { say(error); });
}

void TrainPage::show_plan(const studio::Plan& seen) {
    seen_ = seen;
    if (seen.problems.empty()) {
        plan_->write(html_of_plan(planned_, seen));
    } else {
        std::vector<Fact> facts;
        for (const auto& problem : seen.problems) {
            const auto fields = fields_named(problem.where + " " + problem.what);
            facts.push_back(
                {fields.empty() ? problem.where : fields.front(), problem.what + " " + problem.hint});
        }
        plan_->write(facts_table(facts));
    }
    show_fixes(seen.fixes);
    show_there(seen.existing);
    if (panel_.is_alive()) return;
    const auto reason = why_not();
    if (reason.empty())
        say(Mood::Ready, "Ready to start.");
    else
        say(seen.problems.empty() ? Mood::Look : Mood::Wrong, reason);
}

// A note of the plan may name a better setting; it is one press away, and never set by itself.
void TrainPage::show_fixes(const std::vector<settings::Assignment>& fixes) {
    Children buttons;
    for (const auto& fix : fixes)
        put<Button>(buttons, looks_,
                    Saying{fix_label(fix), "Changes the recipe, and plans again", {"lk-fix"}}, "wrench",
                    [this, fix] {
                        house_.type_recipe(fix.path, fix.text);
                        plan();
                    });
    fixes_->set_children(std::move(buttons));
    fixes_->show(fixes.empty() ? Shown::No : Shown::Yes);
}

void TrainPage::show_there(const std::optional<studio::ExistingOutput>& there) {
    replace_->write(false);
    there_->show(there ? Shown::Yes : Shown::No);
    if (!there) return;
    there_text_->write(facts_table(facts_of(seen_->run_folder, *there)));
    replace_->show(there->is_run && there->pid == 0 ? Shown::Yes : Shown::No);
    other_name_->set_label(fmt::format("Use the name {} instead", there->next_free_name));
}

std::string TrainPage::why_not() const {
    if (!house_.recipe.troubles().empty())
        return "The recipe is not complete. Run the cell recipe, and come back.";
    if (!seen_) return "The plan is not ready yet.";
    if (!seen_->problems.empty())
        return fmt::format("The plan found {}; see above.",
                           seen_->problems.size() == 1 ? "something that has to be mended first"
                                                       : fmt::format("{} things that have to be mended first",
                                                                     seen_->problems.size()));
    if (panel_.is_alive()) return "A run is going on. Stop it first, or let it finish.";
    if (seen_->existing && (!replace_->shown() || !replace_->value()))
        return "A run of this name is there already. Tick that it may be replaced, or take the other name.";
    return {};
}

void TrainPage::take_free_name() {
    if (!seen_ || !seen_->existing) return;
    house_.type_recipe("output.name", seen_->existing->next_free_name);
    plan();
}

// ---- Runs

void TrainPage::start() {
    if (!seen_ && !panel_.is_alive()) return plan();  // never begins what was not shown
    if (const auto reason = why_not(); !reason.empty()) return say(Mood::Look, reason);
    const auto existing = seen_->existing ? studio::Existing::Replace : studio::Existing::Refuse;
    say(Mood::Busy, "Starting.");
    main().enable(Enabled::No);
    start_errand_.start(
        [this, job = planned_, existing, folder = house_.folder](base::Cancel&) -> Errand::Answer {
            const auto launched = studio::launch_training(job, existing, {folder, {}});
            return [this, launched] {
                main().enable(Enabled::Yes);
                show_there({});
                seen_.reset();
                panel_.follow(placed(launched.run_folder), launched, RunPanel::Begun::Here);
                look_for_runs();
            };
        },
        [this](const base::Error& error) {
            main().enable(Enabled::Yes);
            say(error);
        });
}

void TrainPage::look_for_runs() {
    main().enable(panel_.is_alive() ? Enabled::No : Enabled::Yes);  // one training at a time
    const auto folder = house_.folder / house_.recipe.job().output.folder;
    runs_errand_.start(
        [this, folder](base::Cancel&) -> Errand::Answer {
            const auto runs = studio::list_runs(folder);
            return [this, runs] { show_runs(runs); };
        },
        [this](const base::Error& error) { log(error.what()); });
}

void TrainPage::show_runs(const std::vector<studio::RunSummary>& runs) {
    run_folders_.clear();
    std::vector<std::string> names;
    int shown = -1;
    for (const auto& run : runs) {
        const auto folder = placed(run.folder);
        if (folder == panel_.folder()) shown = static_cast<int>(names.size());
        run_folders_.push_back(folder);
        names.push_back(say_run(run));
    }
    runs_->set_options(names, shown);
    runs_->show(names.empty() ? Shown::No : Shown::Yes);
    if (shown >= 0 || runs.empty() || !panel_.folder().empty()) return;
    // Nothing is shown yet: the run that is going on, else the last one.
    const auto living = std::find_if(runs.begin(), runs.end(),
                                     [](const auto& run) { return run.state == studio::RunState::Running; });
    const auto index = living == runs.end() ? 0 : living - runs.begin();
    runs_->write(static_cast<int>(index));
    choose_run();
}

void TrainPage::choose_run() {
    const auto index = runs_->index();
    if (index < 0 || index >= static_cast<int>(run_folders_.size())) return;
    const auto folder = run_folders_[static_cast<std::size_t>(index)];
    panel_.follow(folder, studio::last_launch(folder), RunPanel::Begun::Before);
}

}  // namespace lorikeet::widgets
