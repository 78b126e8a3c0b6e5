#include "widgets/check_page.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "studio/dataset_check.hpp"
#include "studio/dataset_files.hpp"

namespace lorikeet::widgets {

using Classes = std::vector<std::string>;

namespace {

constexpr auto kLookAtProgress = std::chrono::milliseconds(200);
constexpr std::string_view kRecipeFolder = "data.subsets.0.folder";

std::string row_html(std::string_view sign, std::string_view meaning, const base::Problem& problem) {
    auto html = fmt::format(
        "<div class=\"lk-check\"><span class=\"lk-icon\" role=\"img\" aria-label=\"{}\">{}</span>"
        "<span class=\"lk-found\">{}</span></div>",
        meaning, sign, escape(problem.what));
    if (!problem.hint.empty()) html += fmt::format("<div class=\"lk-more\">{}</div>", escape(problem.hint));
    return html;
}

// The name in front, unless the sentence has it.
base::Problem with_name(base::Problem problem) {
    if (problem.what.find(problem.where) == std::string::npos)
        problem.what = fmt::format("{}: {}", problem.where, problem.what);
    return problem;
}

base::Problem with_names(const studio::DatasetCheck::News& news) {
    constexpr std::size_t kNamed = 6;
    auto names = news.names;
    const auto rest = names.size() > kNamed ? names.size() - kNamed : 0;
    names.resize(names.size() - rest);
    auto list = base::join(names, ", ");
    if (rest > 0) list += fmt::format(" and {} more", rest);
    return {{}, news.what, news.remedy + (list.empty() ? "" : (news.remedy.empty() ? "" : " ") + list)};
}

}  // namespace

// Counted by the thread that looks, read by the page.
struct CheckPage::Seen {
    std::atomic<std::size_t> done = 0, total = 1;
};

struct CheckPage::Found {
    bool empty = false;  // there are no images, and nobody said that there are
    studio::DatasetCheck check;
};

CheckPage::CheckPage(PageContext& context) : Page(context), task_(context.loop()) {
    Parts parts;
    rows_ = &put<Box>(parts.fields, styles_, Box::Way::Down, Children{}, Classes{"lk-checks"});
    progress_ = &put<Progress>(parts.fields, styles_, ControlText{"Check", {}, {"lk-bar", "lk-hidden"}});
    use_ = &put<Button>(parts.beside, styles_,
                        ControlText{"Use for training", "Puts this folder into the recipe", {"lk-hidden"}},
                        "check", [this] { use_for_training(); });
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
        [this, seen, folder = context_.dataset(),
         job = context_.recipe.job()](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto count = [&](std::size_t done, std::size_t total) {
                seen->total = total;
                seen->done = done;
            };
            Found found;
            found.empty = studio::list_dataset(folder, job.data.caption_extensions, cancel).images.empty();
            if (!found.empty) found.check = studio::check_dataset(folder, job, cancel, count);
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
    const auto add = [&](std::string_view sign, std::string_view meaning, const base::Problem& problem) {
        put<Html>(all, styles_, row_html(sign, meaning, problem), Classes{"lk-row-of-checks"});
    };
    for (const auto& problem : check.wrong) add("\u26a0", "must be fixed", problem);
    for (const auto& problem : check.left_out) add("\u26a0", "left out", with_name(problem));
    for (const auto& news : check.news) add("\u25cb", "worth a look", with_names(news));
    for (const auto& sentence : check.good)
        put<Html>(fine, styles_, row_html("\u2713", "fine", {{}, sentence, {}}), Classes{"lk-row-of-checks"});
    const bool was_open = fine_ != nullptr && fine_->is_open();
    fine_ = nullptr;
    if (!fine.empty()) {
        const auto count = fine.size();
        fine_ = &put<Fold>(all, styles_, fmt::format("{} thing{} fine", count, count == 1 ? " is" : "s are"),
                           std::move(fine));
        fine_->open(was_open ? Shown::Yes : Shown::No);
    }
    rows_->set_children(std::move(all));
    use_->show(check.images > 0 && context_.recipe.text(kRecipeFolder) != context_.dataset_typed()
                   ? Shown::Yes
                   : Shown::No);
    const auto images =
        fmt::format("{} image{}, {} with a caption.", check.images, check.images == 1 ? "" : "s",
                    check.captioned == check.images ? "all" : std::to_string(check.captioned));
    if (found.empty) return say(Mood::Ready, "No images yet.", "Drop some on the page images.");
    if (!check.wrong.empty())
        return say(Mood::Wrong, "These images cannot be trained on yet; see why above.");
    const auto look = check.left_out.size() + check.news.size();
    if (look == 0) return say(Mood::Done, images, "Ready for training.");
    say(Mood::Look, images,
        fmt::format("Ready for training; {} worth a look above.",
                    look == 1 ? "one thing is" : fmt::format("{} things are", look)));
}

void CheckPage::use_for_training() {
    context_.type_recipe(kRecipeFolder, context_.dataset_typed());
    use_->show(Shown::No);
    say(Mood::Done, "The recipe uses these images.", "Open the notebook Lora_Trainer to train on them.");
}

}  // namespace lorikeet::widgets
