#include "widgets/check_page.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "studio/dataset_files.hpp"
#include "studio/dataset_page.hpp"
#include "studio/dataset_trash.hpp"
#include "studio/undo_journal.hpp"
#include "widgets/recipe_folders.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using Classes = std::vector<std::string>;

namespace {

constexpr auto kLookAtProgress = std::chrono::milliseconds(200);
constexpr std::string_view kNotYet = "These images cannot be trained on yet; see why above.";
constexpr std::string_view kReportFile = "dataset-report.html";
constexpr std::size_t kLargestReport = std::size_t{16} << 20;  // bytes that are sent to a window

struct CheckRow {
    std::string what, remedy;
};

std::string row_html(std::string_view sign, std::string_view meaning, const CheckRow& row) {
    auto html = fmt::format(
        "<div class=\"lk-check\"><span class=\"lk-icon\" role=\"img\" aria-label=\"{}\">{}</span>"
        "<span class=\"lk-found\">{}</span></div>",
        meaning, sign, escape(words_for_page(row.what)));
    if (!row.remedy.empty())
        html += fmt::format("<div class=\"lk-more\">{}</div>", escape(words_for_page(row.remedy)));
    return html;
}

// A caption alone often shows that its image is missing, or is named otherwise.
CheckRow row_of_orphans(const std::vector<std::string>& names) {
    constexpr std::size_t kNamed = 3;
    std::vector<std::string> named(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(kNamed, names.size())));
    for (auto& name : named) name = base::printable(name);
    const auto rest = names.size() - named.size();
    return {fmt::format("{} no image: {}{}.",
                        names.size() == 1 ? "1 caption has" : fmt::format("{} captions have", names.size()),
                        base::join(named, ", "), rest == 0 ? "" : fmt::format(" and {} more", rest)),
            "Training leaves a caption alone out. Add its image, with the same name."};
}

}  // namespace

// Counted by the thread that looks, read by the page.
struct CheckPage::Seen {
    std::atomic<std::size_t> done = 0, total = 1;
};

struct CheckPage::Found {
    bool empty = false;                          // there are no images, and nobody said that there are
    std::vector<studio::CheckedFolder> folders;  // as the recipe would name them
    studio::DatasetCheck check;
};

// What is typed when it is looked at.
struct CheckPage::Asked {
    TypedJob recipe;
    base::Path dataset;
    std::string dataset_typed;
    base::Path project;
    bool model_is_chosen = false;
};

struct CheckPage::Taken {
    std::vector<studio::CheckedFolder> folders;  // as the recipe would name them
    settings::Job job;                           // with the places where they lie
};

CheckPage::CheckPage(PageContext& context)
    : Page(context), task_(context.loop()), report_task_(context.loop()), work_(context.loop()) {
    Parts parts;
    rows_ = &put<Box>(parts.fields, styles_, Box::Way::Down, Children{}, Classes{"lk-checks"});
    findings_ = &put<Findings>(parts.fields, styles_);
    findings_->on_show = [this](const studio::CheckFinding& finding) {
        context_.show_finding(finding.kind);
        lead_on("images", Way::Above);
    };
    work_.on_busy = [this](bool busy) { findings_->say_busy(busy); };
    work_.on_line = [this](const std::string& line) { log(line); };
    findings_->on_trash = [this](const studio::CheckFinding& finding) { trash(finding); };
    progress_ = &put<Progress>(parts.fields, styles_, ControlText{"Check", {}, {"lk-bar", "lk-hidden"}});
    use_ = &put<Button>(
        parts.beside, styles_,
        ControlText{
            "Use for training", "The recipe takes these folders in place of those it had", {"lk-hidden"}},
        "check", [this] { use_for_training(); });
    report_ =
        &put<Button>(parts.beside, styles_,
                     ControlText{"Whole report", "As one page that can be sent to somebody", {"lk-hidden"}},
                     "file-text-o", [this] { write_report(); });
    undo_ = &put<Button>(parts.beside, styles_, ControlText{"Undo", {}, {"lk-hidden"}}, "undo",
                         [this] { take_back(); });
    assemble({"Check", "What training would say of your images.", "Check again", "refresh",
              "Next: open the notebook <code>Lora_Trainer</code>."},
             std::move(parts), [this] { check(); });
    // Each image is decoded: not after each one that is deleted.
    context_.dataset_changed.emplace_back([this] {
        stale_ = true;
        if (!task_.busy()) say(Mood::Look, "The images have changed.", "Check them again.");
    });
}

void CheckPage::came() {
    if (stale_) check();
}

void CheckPage::check() {
    stale_ = false;
    say(Mood::Busy, "Looking at each image.");
    progress_->tell(0, 1);
    progress_->show(Shown::Yes);
    const auto seen = std::make_shared<Seen>();
    timer_ = context_.loop().every(kLookAtProgress, [this, seen] {
        progress_->tell(static_cast<std::int64_t>(seen->done), static_cast<std::int64_t>(seen->total));
    });
    task_.start(
        [this, seen, lister = context_.lister,
         asked = asked()](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto count = [&](std::size_t done, std::size_t total) {
                seen->total = total;
                seen->done = done;
            };
            Found found;
            const auto extensions = asked.recipe.job().data.caption_extensions;
            found.empty = lister->list(asked.dataset, extensions, cancel).images.empty();
            if (!found.empty) {
                auto taken = take(asked);
                found.folders = std::move(taken.folders);
                found.check = studio::check_dataset(asked.dataset, std::move(taken.job), cancel, count);
            }
            return [this, found] { show(found); };
        },
        [this](const base::Error& error) {
            end_progress();
            say(error);
        });
}

void CheckPage::end_progress() {
    timer_.reset();
    progress_->show(Shown::No);
}

void CheckPage::show(const Found& found) {
    end_progress();
    const auto& check = found.check;
    std::map<std::string, ImageFrame> frames;
    for (const auto& part : check.parts) frames[part.name] = {part.left, part.top, part.width, part.height};
    context_.show_frames(std::move(frames));
    Children all, fine;
    for (const auto& problem : check.wrong)
        put<Html>(all, styles_, row_html("\u26a0", "must be fixed", {problem.what, problem.hint}),
                  Classes{"lk-row-of-checks"});
    if (!check.orphans.empty())
        put<Html>(all, styles_, row_html("\u2794", "worth a look", row_of_orphans(check.orphans)),
                  Classes{"lk-row-of-checks"});
    findings_->show(context_.dataset(), check.findings, check.seen);
    context_.show_findings(check.findings);
    report_->show(check.images > 0 ? Shown::Yes : Shown::No);
    for (const auto& sentence : check.good)
        put<Html>(fine, styles_, row_html("\u2713", "fine", {sentence, {}}), Classes{"lk-row-of-checks"});
    const bool was_open = fine_ != nullptr && fine_->is_open();
    fine_ = nullptr;
    if (!fine.empty()) {
        const auto count = fine.size();
        fine_ = &put<Fold>(all, styles_, fmt::format("{} thing{} fine", count, count == 1 ? " is" : "s are"),
                           std::move(fine));
        fine_->open(was_open ? Shown::Yes : Shown::No);
    }
    rows_->set_children(std::move(all));
    folders_ = found.folders;
    check_ = found.check;
    const bool used = has_folders(context_.recipe, folders_, context_.folder);
    use_->show(check.images > 0 && !used ? Shown::Yes : Shown::No);
    if (found.empty) return say(Mood::Ready, "No images yet.", "Drop some on the page images.");
    say_what_is_there();
}

// All images are counted, as everywhere else, and of those that cannot be read it is said.
void CheckPage::say_what_is_there() {
    const auto said = std::exchange(said_, {});
    const auto first = said.empty() ? std::string() : said + " ";
    if (!check_.can_train()) return say(Mood::Wrong, std::string(kNotYet), said);
    auto images = base::counted(check_.images + check_.left_out, "image");
    if (check_.left_out > 0)
        images +=
            fmt::format(", {} of them cannot be read; {} with a caption.", check_.left_out, check_.captioned);
    else
        images += fmt::format(", {} with a caption.",
                              check_.captioned == check_.images ? "all" : std::to_string(check_.captioned));
    const auto look = check_.findings.size() + (check_.orphans.empty() ? 0 : 1);
    if (look == 0) return say(Mood::Done, images, first + "Ready for training.");
    say(Mood::Look, images,
        fmt::format("{}Ready for training; {} worth a look above.", first,
                    look == 1 ? "one thing is" : fmt::format("{} things are", look)));
}

// ---- What is changed

void CheckPage::change(const std::string& doing, DatasetWork::Does does, const std::string& ending) {
    say(Mood::Busy, doing);
    work_.change(
        std::move(does),
        [this, ending](const auto& outcome) {
            said_ = outcome ? work_.words_for(*outcome, ending).text : "There was nothing to take back.";
            context_.tell_dataset();
            check();
        },
        [this](const base::Error& error) { say(error); });
}

void CheckPage::trash(const studio::CheckFinding& finding) {
    const auto captions = context_.recipe.job().data.caption_extensions;
    const bool of_captions = finding.kind == "bad-caption";
    change(
        "Moving to the trash.",
        [folder = context_.dataset(), lister = context_.lister, captions,
         names = finding.spare.empty() ? finding.names : finding.spare, of_captions] {
            const auto listing = lister->list(folder, captions, {});
            const auto move = of_captions ? studio::move_captions_to_trash : studio::move_to_trash;
            return move(folder, listing, names);
        },
        "{}.");
    undo_->show(Shown::Yes);
}

void CheckPage::take_back() {
    undo_->show(Shown::No);
    change(
        "Taking it back.", [folder = context_.dataset()] { return studio::UndoJournal(folder).undo_last(); },
        "Taken back: {}.");
}

// The same report as `lorikeet dataset report` writes.
void CheckPage::write_report() {
    say(Mood::Busy, "Writing the report.");
    report_->enable(Enabled::No);
    report_task_.start(
        [this, asked = asked(),
         file = context_.folder / kReportFile](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto report = studio::report_on(take(asked).job, cancel);
            const auto html = studio::html_of(report, cancel);
            base::write_whole(file, html);
            return [this, html, file] {
                report_->enable(Enabled::Yes);
                if (html.size() <= kLargestReport) findings_->offer_report(std::string(kReportFile), html);
                say(Mood::Done, fmt::format("The report is kept as {}.", kReportFile), file.string());
            };
        },
        [this](const base::Error& error) {
            report_->enable(Enabled::Yes);
            say(error);
        });
}

// ---- The recipe

CheckPage::Asked CheckPage::asked() const {
    return {context_.recipe, context_.dataset().lexically_normal(), context_.dataset_typed(), context_.folder,
            context_.is_model_chosen()};
}

// What the check looks at is what the button would make of the recipe.
CheckPage::Taken CheckPage::take(const Asked& asked) {
    const auto& [recipe, dataset, dataset_typed, project, model_is_chosen] = asked;
    Taken taken{studio::folders_of(dataset), {}};
    const base::Path typed = base::clean_typed_path(dataset_typed);
    for (auto& folder : taken.folders)
        folder.folder = (folder.folder.empty() ? typed : typed / folder.folder).string();
    taken.job = take_folders(recipe, taken.folders, project).recipe.job();
    auto& checkpoint = taken.job.model.checkpoint;
    if (!model_is_chosen) checkpoint.clear();  // the practice model, of which nobody has thought
    if (const auto placed = project / base::Path(checkpoint); !checkpoint.empty() && base::is_file(placed))
        checkpoint = placed.string();
    auto& subsets = taken.job.data.subsets;
    for (auto& subset : subsets) subset.folder = place_of(subset.folder, project).string();
    // One that is listed for two sizes has its images once.
    const auto same = [](const auto& a, const auto& b) { return a.folder == b.folder; };
    subsets.erase(std::unique(subsets.begin(), subsets.end(), same), subsets.end());
    return taken;
}

void CheckPage::use_for_training() {
    const auto taken = take_folders(context_.recipe, folders_, context_.folder);
    context_.keep_dataset();  // the recipe may name folders inside of it alone
    context_.take_recipe(taken.recipe);
    use_->show(Shown::No);
    auto more = taken.left;
    if (check_.can_train()) return say(Mood::Done, "The recipe uses these images.", base::join(more, " "));
    more.insert(more.begin(), "The recipe uses them.");
    say(Mood::Wrong, std::string(kNotYet), base::join(more, " "));
}

}  // namespace lorikeet::widgets
