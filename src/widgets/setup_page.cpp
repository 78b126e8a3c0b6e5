#include "widgets/setup_page.hpp"

#include <algorithm>

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
        "<div class=\"lk-check\"><span class=\"lk-icon\" aria-hidden=\"true\">{}</span><b>{}</b>"
        "<span class=\"lk-state\">{}</span><span>{}</span></div>",
        health_sign(row.health), escape(row.what), escape(studio::words_for(row.health)), escape(row.found));
    if (!row.cause.empty()) html += fmt::format("<div class=\"lk-more\">{}</div>", escape(row.cause));
    if (!row.remedy.empty()) html += fmt::format("<div class=\"lk-more\">{}</div>", escape(row.remedy));
    return html;
}

}  // namespace

SetupPage::SetupPage(House& house) : Page(house), errand_(house.loop()) {
    examine = [folder = house.folder] { return studio::examine(studio::Surroundings::real(folder)); };
    mend = [folder = house.folder](const std::string& id) {
        studio::mend(id, studio::Surroundings::real(folder));
    };
    Parts parts;
    rows_ =
        &put<Box>(parts.fields, looks_, Box::Way::Down, Children{}, std::vector<std::string>{"lk-checks"});
    assemble({"Setup", "Whether this machine has what a training needs. Looking changes nothing.",
              "Look again", "refresh", "Next: run the cell <code>recipe</code>."},
             std::move(parts), [this] { look(); });
}

void SetupPage::look() {
    say(Mood::Busy, "Looking at this machine.");
    main().enable(Enabled::No);
    errand_.start(
        [this](base::Cancel&) -> Errand::Answer {
            const auto rows = examine();
            return [this, rows] { show(rows); };
        },
        [this](const base::Error& error) {
            main().enable(Enabled::Yes);
            say(error);
        });
}

void SetupPage::show(const std::vector<DoctorRow>& rows) {
    Children all;
    for (const auto& row : rows) {
        Children one;
        put<Html>(one, looks_, html_of(row));
        if (!row.mend.empty())
            put<Button>(one, looks_, Saying{fmt::format("Mend: {}", row.what), row.remedy, {"lk-fix"}},
                        "wrench", [this, row] { do_it(row); });
        put<Box>(all, looks_, Box::Way::Down, std::move(one), std::vector<std::string>{"lk-row-of-checks"});
    }
    rows_->set_children(std::move(all));
    main().enable(Enabled::Yes);
    const auto wrong =
        std::count_if(rows.begin(), rows.end(), [](const auto& row) { return row.health == Health::Wrong; });
    if (wrong == 0)
        say(Mood::Done, "This machine can train.");
    else
        say(Mood::Wrong, fmt::format("{} to mend before a training; the row says how.",
                                     wrong == 1 ? "One thing" : fmt::format("{} things", wrong)));
}

void SetupPage::do_it(const DoctorRow& row) {
    say(Mood::Busy, fmt::format("Mending: {}.", row.what));
    errand_.start(
        [this, row](base::Cancel&) -> Errand::Answer {
            mend(row.mend);
            return [this, row] {
                log(fmt::format("Mended: {}.", row.what));
                look();
            };
        },
        [this](const base::Error& error) { say(error); });
}

}  // namespace lorikeet::widgets
