#include "widgets/setup_page.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace lorikeet::widgets {

using studio::DoctorRow;
using studio::Health;

namespace {

std::string_view health_sign(Health health) {
    if (health == Health::Fine) return "\u2713";
    return health == Health::Note ? "\u25cb" : "\u26a0";
}

std::string html_of(const DoctorRow& row) {
    auto html = fmt::format(
        "<div class=\"lk-check\"><span class=\"lk-icon\" role=\"img\" aria-label=\"{}\">{}</span><b>{}</b>"
        "<span>{}</span></div>",
        escape(studio::words_for(row.health)), health_sign(row.health), escape(row.what), escape(row.found));
    // What stops nobody is one line and what to know of it.
    if (!row.cause.empty() && row.health == Health::Wrong)
        html += fmt::format("<div class=\"lk-more\">{}</div>", escape(row.cause));
    if (!row.remedy.empty()) html += fmt::format("<div class=\"lk-more\">{}</div>", escape(row.remedy));
    return html;
}

}  // namespace

SetupPage::SetupPage(PageContext& context)
    : Page(context), living_(context.styles, [this] { lead_on("train"); }), task_(context.loop()) {
    examine = [here = studio::Surroundings::real(context.folder, context.workspace)] {
        return studio::examine(here);
    };
    fix = [here = studio::Surroundings::real(context.folder, context.workspace)](const std::string& id) {
        studio::fix(id, here);
    };
    Parts parts;
    parts.fields.push_back(living_.take_control());
    living_.on_other_runs = [this] { look_again(Aloud::No); };  // it has made folders, or was in the way
    rows_ =
        &put<Box>(parts.fields, styles_, Box::Way::Down, Children{}, std::vector<std::string>{"lk-checks"});
    again_ = &put<Button>(parts.beside, styles_, ControlText{"Check again", {}, {}}, "refresh",
                          [this] { look(); });
    const auto& next = context.after_setup;
    assemble({"Setup", "What this machine has.", "Continue to " + next, "arrow-down",
              fmt::format("Next: run the cell <code>{}</code>.", next)},
             std::move(parts), [this] { lead_on(context_.after_setup); });
}

void SetupPage::shown() {
    look();
    living_.begin();
}

void SetupPage::look() { look_again(Aloud::Yes); }

void SetupPage::look_again(Aloud aloud) {
    if (aloud == Aloud::No && task_.busy()) return;
    if (aloud == Aloud::Yes) say(Mood::Busy, "Checking this machine.");
    again_->enable(Enabled::No);
    task_.start(
        [this, aloud](base::Cancel&) -> BackgroundTask::Answer {
            const auto rows = examine();
            return [this, rows, aloud] { show(rows, aloud); };
        },
        [this](const base::Error& error) {
            again_->enable(Enabled::Yes);
            say(error);
        });
}

void SetupPage::show(const std::vector<DoctorRow>& rows, Aloud aloud) {
    Children all, fine;
    for (const auto& row : rows) {
        Children one;
        put<Html>(one, styles_, html_of(row));
        if (!row.fix.empty())
            put<Button>(one, styles_, ControlText{fmt::format("Create {}", row.what), row.remedy, {"lk-fix"}},
                        "wrench", [this, row] { do_it(row); });
        put<Box>(row.health == Health::Fine ? fine : all, styles_, Box::Way::Down, std::move(one),
                 std::vector<std::string>{"lk-row-of-checks"});
    }
    const auto title = fmt::format("{} checks are fine", fine.size());
    const bool was_open = fine_ != nullptr && fine_->is_open();
    fine_ = &put<Fold>(all, styles_, title, std::move(fine));
    fine_->open(was_open ? Shown::Yes : Shown::No);
    rows_->set_children(std::move(all));
    again_->enable(Enabled::Yes);
    if (aloud == Aloud::Yes) say_result(rows);
}

// What was fixed is fine when a second look finds it so, not before.
void SetupPage::say_result(const std::vector<DoctorRow>& rows) {
    const auto fixed = std::exchange(fixed_, {});
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.what == fixed; });
    if (!fixed.empty() && row != rows.end() && row->health != Health::Fine)
        return say(Mood::Wrong, fmt::format("Not fixed yet: {}, {}.", row->what, row->found), row->remedy);
    const auto wrong =
        std::count_if(rows.begin(), rows.end(), [](const auto& one) { return one.health == Health::Wrong; });
    if (wrong > 0)
        return say(Mood::Wrong, fmt::format("{} before you can train; see how above.",
                                            wrong == 1 ? "One thing must be fixed"
                                                       : fmt::format("{} things must be fixed", wrong)));
    say(Mood::Done, "This machine can train.");
}

void SetupPage::do_it(const DoctorRow& row) {
    say(Mood::Busy, fmt::format("Fixing: {}.", row.what));
    task_.start(
        [this, row](base::Cancel&) -> BackgroundTask::Answer {
            fix(row.fix);
            return [this, row] {
                fixed_ = row.what;
                look();
            };
        },
        [this](const base::Error& error) { say(error); });
}

}  // namespace lorikeet::widgets
