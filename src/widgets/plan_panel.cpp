#include "widgets/plan_panel.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "widgets/plan_words.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using Classes = std::vector<std::string>;

namespace {

std::string_view title_about(PlanPanel::About about) {
    switch (about) {
        case PlanPanel::About::ThisPlan: return "Plan";
        case PlanPanel::About::ARun: return "Plan of a new run";
        case PlanPanel::About::ARunningRun: return "Plan of the next run";
    }
    return "";
}

}  // namespace

PlanPanel::PlanPanel(SharedStyles& styles) : styles_(styles) {
    Children all, details;
    plan_ = &put<Html>(all, styles_, "");
    details_ = &put<Html>(details, styles_, "");
    details_fold_ = &put<Fold>(all, styles_, "Details of the plan", std::move(details));
    details_fold_->show(Shown::No);
    fixes_ = &put<Box>(all, styles_, Box::Way::Across, Children{}, Classes{"lk-buttons", "lk-hidden"});
    there_ = &put<Box>(all, styles_, Box::Way::Down, existing_controls(), Classes{"lk-element", "lk-hidden"});
    fold_ = &put<Fold>(controls_, styles_, std::string(title_about(about_)), std::move(all));
    fold_->open(Shown::Yes);
}

Children PlanPanel::existing_controls() {
    Children there;
    there_text_ = &put<Html>(there, styles_, "", Classes{"lk-note"});
    replace_ = &put<Checkbox>(there, styles_, ControlText{"Replace it", {}, {}});
    replace_->on_change = [this] { on_replace(); };
    other_name_ = &put<Button>(there, styles_, ControlText{"Use another name", {}, {"lk-fix"}}, "pencil",
                               [this] { on_other_name(); });
    return there;
}

void PlanPanel::show(const settings::Job& job, const studio::Plan& plan) {
    if (plan.problems.empty()) {
        plan_->write(html_of_plan(plan));
        details_->write(facts_table(facts_of(job, plan)));
    } else {
        std::vector<Fact> facts;
        for (const auto& problem : plan.problems) {
            const auto fields = fields_named(problem.where + " " + problem.what);
            facts.push_back({fields.empty() ? problem.where : fields.front(),
                             words_for_page(problem.what + " " + problem.hint)});
        }
        plan_->write(facts_table(facts));
    }
    details_fold_->show(plan.problems.empty() ? Shown::Yes : Shown::No);
    show_fixes(plan.fixes);
}

void PlanPanel::show_missing(const std::vector<std::string>& fields) {
    plan_->write(fmt::format("<div class=\"lk-note\">{}</div>",
                             escape("Missing in the recipe: " + base::join(fields, ", ") + ".")));
    details_fold_->show(Shown::No);
    show_fixes({});
}

// A note of the plan may name a better setting; it is one press away, and never set by itself.
void PlanPanel::show_fixes(const std::vector<settings::Assignment>& fixes) {
    Children buttons;
    for (const auto& fix : fixes)
        put<Button>(buttons, styles_,
                    ControlText{fix_label(fix), "Changes the recipe, and plans again", {"lk-fix"}}, "wrench",
                    [this, fix] { on_fix(fix); });
    fixes_->set_children(std::move(buttons));
    fixes_->show(fixes.empty() ? Shown::No : Shown::Yes);
}

void PlanPanel::show_existing(const base::Path& run_folder, const studio::ExistingOutput& existing) {
    there_text_->write(facts_table(facts_of(run_folder, existing)));
    replace_->show(existing.is_run && existing.pid == 0 ? Shown::Yes : Shown::No);
    other_name_->set_label(fmt::format("Use the name {} instead", existing.next_free_name));
    there_->show(Shown::Yes);
}

void PlanPanel::hide_existing() { there_->show(Shown::No); }

void PlanPanel::place(About about) {
    if (about == about_) return;
    const bool opens = about == About::ThisPlan, was_open = about_ == About::ThisPlan;
    about_ = about;
    fold_->set_title(std::string(title_about(about)));
    if (opens != was_open) fold_->open(opens ? Shown::Yes : Shown::No);
}

}  // namespace lorikeet::widgets
