#include "widgets/tags_page.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "studio/image_folder.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using namespace std::chrono_literals;
using Classes = std::vector<std::string>;

namespace {

constexpr const char* kTagsDraft = "tags";
constexpr auto kTellProgress = 200ms;
constexpr std::int64_t kPreviewPx = 640;

}  // namespace

// Told by the thread that tags, read by the page.
struct TagsPage::Running {
    base::Cancel stop;  // keeps what is done, unlike the task's own
    std::mutex guard;
    studio::ImageProgress progress;
};

struct TagsPage::Look {
    base::Path folder;
    studio::DatasetListing listing;
    std::optional<std::vector<studio::ListedTagger>> taggers;  // none: not looked for
    std::size_t real = 0;  // of them; what comes along for practice is behind
    std::string undo{};
};

TagsPage::TagsPage(PageContext& context)
    : Page(context),
      form_(context.styles, settings::schema<settings::Tagging>(), &tagging_),
      previewer_(std::make_shared<studio::TagPreviewer>()),
      look_task_(context.loop()),
      preview_task_(context.loop()),
      image_task_(context.loop()),
      run_task_(context.loop()),
      work_(context.loop()) {
    Parts parts;
    parts.fields = fields();
    cancel_ = &put<Button>(parts.beside, styles_,
                           ControlText{"Cancel", "What is done is kept", {"lk-hidden"}}, "stop",
                           [this] { cancel(); });
    undo_ = &put<Button>(parts.beside, styles_, ControlText{"Undo", {}, {"lk-hidden"}}, "undo",
                         [this] { take_back(); });
    bar_ = &put<Progress>(parts.below, styles_, ControlText{"", "Progress", {"lk-bar", "lk-hidden"}});
    going_ = &put<Html>(parts.below, styles_, "", Classes{"lk-note"});
    changes_ = &put<CaptionChanges>(parts.below, styles_);
    changes_->on_make = [this] { write(); };
    changes_->on_leave = [this] {
        changes_->clear();
        plan_.reset();
        say_where_it_stands();
    };
    assemble({"Tags", "What a tagger sees on each image.", "Tag all images", "tags",
              "Next: run the cell <code>captions</code>."},
             std::move(parts), [this] { start(); });
    restore();
    work_.on_busy = [this](bool busy) { changes_->say_busy(busy); };
    work_.on_line = [this](const std::string& line) { log(line); };
    context_.dataset_changed.emplace_back([this] { look(Taggers::AsKnown); });
    context_.busy.emplace_back(
        [this]() -> std::string { return running_ ? "Images are being tagged on the page tags." : ""; });
}

TagsPage::~TagsPage() {
    if (running_) running_->stop.request_stop();
}

Children TagsPage::fields() {
    Children all;
    taggers_ = &put<Dropdown>(all, styles_,
                              ControlText{"Taggers found here", {}, {"lk-input", "lk-wide", "lk-hidden"}},
                              std::vector<std::string>{});
    taggers_->on_change = [this] { choose_tagger(); };
    auto model = form_.take("model");
    form_.field("model").input().set_label("Folder of the tagger");
    all.push_back(std::move(model));
    preview_ = &put<TagPreviewView>(all, styles_);
    preview_->on_threshold = [this](double threshold) {
        form_.type("threshold", fmt::format("{}", threshold));
    };
    preview_->on_step = [this](std::int64_t by) { step(by); };
    Children lead;
    for (const auto* key : {"threshold", "existing"}) lead.push_back(form_.take(key));
    put<Box>(all, styles_, Box::Way::Grid, std::move(lead), Classes{"lk-columns"});
    put<Fold>(all, styles_, "More settings", form_.take_rest());
    form_.on_change = [this] { changed(); };
    return all;
}

void TagsPage::restore() {
    const auto typed = context_.drafts.read(kTagsDraft).typed;
    form_.write(Texts(typed.begin(), typed.end()));
    preview_->show_threshold(tagging_.threshold);
}

void TagsPage::changed() {
    context_.saver.keep(kTagsDraft, form_.kept());
    preview_->show_threshold(tagging_.threshold);
    if (plan_ && !running_) {  // it was of other settings
        plan_.reset();
        changes_->clear();
    }
    preview_one();
    if (!running_) say_where_it_stands();
}

// ---- What is there

void TagsPage::look(Taggers taggers) {
    const auto& extensions = context_.recipe.job().data.caption_extensions;
    look_for_taggers_ = look_for_taggers_ || taggers == Taggers::LookFor;  // also where this one is replaced
    look_task_.start(
        [this, folder = context_.dataset(), lister = context_.lister, project = context_.folder,
         workspace = context_.workspace, extensions,
         with_taggers = look_for_taggers_](base::Cancel& cancel) -> BackgroundTask::Answer {
            Look look{folder, lister->list(folder, extensions, cancel), {}, 0};
            look.undo = base::printable(studio::UndoJournal(folder).last().value_or(""));
            if (with_taggers) {
                look.taggers = studio::find_taggers(studio::usual_tagger_folders(project, workspace), cancel);
                look.real = look.taggers->size();
                if (auto practice = studio::practice_tagger()) look.taggers->push_back(*practice);
            }
            return [this, look = std::move(look)] { show(look); };
        },
        [this](const base::Error& error) { say(error); });
}

void TagsPage::show(const Look& look) {
    if (look.folder != context_.dataset()) return;
    trouble_ = look.listing.trouble;
    undo_what_ = look.undo;
    undo_->set_label(fmt::format("Undo: {}", undo_what_));
    undo_->show(undo_what_.empty() ? Shown::No : Shown::Yes);
    const auto before = at_ < images_.size() ? images_[at_].name : std::string();
    images_ = look.listing.images;
    const auto same =
        std::find_if(images_.begin(), images_.end(), [&](const auto& image) { return image.name == before; });
    at_ = same == images_.end() ? 0 : static_cast<std::size_t>(same - images_.begin());
    if (look.taggers) show_taggers(look);
    show_image();
    preview_one();
    if (!running_ && !plan_) say_where_it_stands();
}

void TagsPage::show_taggers(const Look& look) {
    look_for_taggers_ = false;
    found_ = *look.taggers;
    std::vector<std::string> names;
    for (const auto& tagger : found_) names.push_back(tagger.name);
    taggers_->show(found_.empty() ? Shown::No : Shown::Yes);
    const auto chosen = std::find_if(found_.begin(), found_.end(),
                                     [&](const auto& one) { return one.folder == form_.text("model"); });
    taggers_->set_options(std::move(names),
                          chosen == found_.end() ? -1 : static_cast<int>(chosen - found_.begin()));
    // The practice one knows its own small world alone: nobody gets it unasked.
    if (look.real > 0 && form_.text("model").empty()) {
        taggers_->write(0);
        choose_tagger();
    }
}

void TagsPage::choose_tagger() {
    const auto at = taggers_->index();
    if (at < 0 || static_cast<std::size_t>(at) >= found_.size()) return;
    form_.type("model", found_[static_cast<std::size_t>(at)].folder);
}

void TagsPage::say_where_it_stands() {
    const auto said = std::exchange(said_, {});
    if (!trouble_.empty()) return say(Mood::Wrong, trouble_, "Check its permissions.");
    if (images_.empty()) return say(Mood::Ready, "No images yet.", "Drop some on the page images.");
    if (form_.text("model").empty())
        return say(Mood::Ready, "Still to fill in: the folder of a tagger.",
                   "For example SmilingWolf's wd-vit-tagger-v3.");
    if (const auto troubles = form_.summary(); !troubles.empty()) return say(Mood::Look, troubles, said);
    const auto bare = std::count_if(images_.begin(), images_.end(),
                                    [](const auto& image) { return image.caption.empty(); });
    say(Mood::Ready,
        fmt::format("{}, {} without a caption.", base::counted(images_.size(), "image"),
                    bare == 0 ? "none" : std::to_string(bare)),
        said);
}

// ---- One image

void TagsPage::show_image() {
    if (images_.empty()) return preview_->show_image("", 0, 0);
    preview_->show_image(images_[at_].name, at_, images_.size());
    image_task_.start(
        [this, name = images_[at_].name,
         file = context_.dataset() / images_[at_].name](base::Cancel&) -> BackgroundTask::Answer {
            const auto png = studio::small_png(file, kPreviewPx);
            return [this, name, png] { preview_->send_image(name, png); };
        },
        [this](const base::Error& error) {
            preview_->say(fmt::format("{} {}", error.what(), error.hint()));
        });
}

void TagsPage::step(std::int64_t by) {
    if (images_.empty()) return;
    const auto last = static_cast<std::int64_t>(images_.size()) - 1;
    at_ = static_cast<std::size_t>(std::clamp(static_cast<std::int64_t>(at_) + by, std::int64_t{0}, last));
    show_image();
    if (by == 0) return;  // a window that came later
    preview_->say("Looking at the image.");
    preview_one();
}

void TagsPage::preview_one() {
    if (images_.empty() || running_ || form_.text("model").empty() || !form_.summary().empty()) return;
    if (preview_->state().at("rows").empty()) preview_->say("Opening the tagger.");
    preview_task_.start(
        [this, previewer = previewer_, tagging = tagging_, folder = context_.dataset(),
         image = images_[at_]](base::Cancel&) -> BackgroundTask::Answer {
            const auto preview = previewer->look(tagging, folder, image);
            return [this, preview] {
                if (at_ < images_.size() && images_[at_].name == preview.image) preview_->show(preview);
            };
        },
        [this](const base::Error& error) {
            preview_->say(fmt::format("{} {}", error.what(), error.hint()));
        });
}

// ---- All images

void TagsPage::start() {
    if (images_.empty() || form_.text("model").empty() || !form_.summary().empty()) {
        say_where_it_stands();
        return lead_to_trouble();
    }
    changes_->clear();
    plan_.reset();
    running_ = std::make_shared<Running>();
    main().enable(Enabled::No);
    cancel_->show(Shown::Yes);
    cancel_->enable(Enabled::Yes);
    bar_->tell(0, 1);
    bar_->show(Shown::Yes);
    say(Mood::Busy, "Looking at each image.");
    timer_ = context_.loop().every(kTellProgress, [this] { tell_progress(); });
    const studio::TagRequest request{context_.dataset(), {}, tagging_};
    run_task_.start(
        [this, request, running = running_, previewer = previewer_,
         extensions = context_.recipe.job().data.caption_extensions](
            base::Cancel& leaving) -> BackgroundTask::Answer {
            previewer->close();  // one network at a time
            auto looked_for = extensions;
            if (std::find(looked_for.begin(), looked_for.end(), request.tagging.extension) ==
                looked_for.end())
                looked_for.push_back(request.tagging.extension);
            const auto listing = studio::list_dataset(request.folder, looked_for, leaving);
            auto plan = studio::plan_tags(
                request, listing,
                [&](const studio::ImageProgress& progress) {
                    if (leaving.stop_requested()) running->stop.request_stop();
                    const std::lock_guard lock(running->guard);
                    running->progress = progress;
                },
                running->stop);
            return [this, request, plan = std::move(plan)] { end(request, plan); };
        },
        [this](const base::Error& error) {
            running_.reset();
            timer_.reset();
            main().enable(Enabled::Yes);
            cancel_->show(Shown::No);
            bar_->show(Shown::No);
            going_->write("");
            say(error);
        });
}

void TagsPage::tell_progress() {
    if (!running_) return;
    studio::ImageProgress progress;
    {
        const std::lock_guard lock(running_->guard);
        progress = running_->progress;
    }
    if (progress.of == 0) return;
    bar_->tell(static_cast<std::int64_t>(progress.done), static_cast<std::int64_t>(progress.of));
    auto words = fmt::format("Image {} of {}", progress.done, progress.of);
    if (progress.per_second > 0)
        words += fmt::format(", {:.1f} a second, about {} left", progress.per_second,
                             base::human_seconds(progress.seconds_left));
    going_->write(escape(words + ". Computed by: " + progress.device + "."));
}

void TagsPage::cancel() {
    if (!running_) return;
    running_->stop.request_stop();
    cancel_->enable(Enabled::No);
    say(Mood::Busy, "Stopping after the image at work.");
}

void TagsPage::end(const studio::TagRequest& request, const studio::TagPlan& plan) {
    running_.reset();
    timer_.reset();
    main().enable(Enabled::Yes);
    cancel_->show(Shown::No);
    bar_->show(Shown::No);
    going_->write(escape(plan.tagger + "."));
    for (const auto& note : plan.notes) log(note);
    request_ = request;
    plan_ = plan;
    preview_one();
    const auto count = plan.captions.change.texts.size();
    changes_->show(plan.captions, fmt::format("Write {}", base::counted(count, "caption")));
    const auto stopped = plan.stopped ? " You stopped it; what is done is kept." : "";
    if (count == 0)
        return say(
            plan.captions.left_out.empty() ? Mood::Done : Mood::Look, "Nothing is to be written.",
            fmt::format("{} of {} {} as {}.{}", plan.captions.same, base::counted(plan.images, "image"),
                        plan.captions.same == 1 ? "has a caption that stays" : "have captions that stay",
                        plan.captions.same == 1 ? "it is" : "they are", stopped));
    say(Mood::Look,
        fmt::format("{} would be written. Nothing is changed yet.", base::counted(count, "caption")),
        fmt::format("Look at them below.{}", stopped));
}

// ---- What is changed

void TagsPage::write() {
    if (!plan_ || plan_->captions.change.texts.empty()) return;
    const auto plan = *std::exchange(plan_, std::nullopt);
    changes_->clear();
    change(
        "Writing the captions.", [request = request_, plan] { return studio::write_tags(request, plan); },
        "{}.");
}

void TagsPage::take_back() {
    change(
        "Taking it back.",
        [folder = context_.dataset(), what = undo_what_] { return studio::UndoJournal(folder).undo(what); },
        "Taken back: {}.");
}

void TagsPage::change(const std::string& doing, DatasetWork::Does does, const std::string& ending) {
    say(Mood::Busy, doing);
    work_.change(
        std::move(does),
        [this, ending](const auto& outcome) {
            said_ = outcome ? work_.words_for(*outcome, ending).text : "There was nothing to take back.";
            context_.tell_dataset();
        },
        [this](const base::Error& error) { say(error); });
}

}  // namespace lorikeet::widgets
