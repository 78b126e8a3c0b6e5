#include "widgets/captions_page.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "widgets/recipe_folders.hpp"

namespace lorikeet::widgets {

namespace {

constexpr const char* kDraft = "captions";
constexpr std::size_t kMostCounted = 20'000;  // bytes; what is longer is no caption, and would take long

}  // namespace

struct CaptionsPage::Look {
    CaptionedImages images;
    std::string trouble, undo;
    std::shared_ptr<const studio::CaptionReader> reader;
};

CaptionsPage::CaptionsPage(PageContext& context)
    : Page(context),
      form_(context.styles),
      task_(context.loop()),
      editor_task_(context.loop()),
      plan_task_(context.loop()),
      work_(context.loop()) {
    Parts parts;
    board_ = &put<CaptionBoard>(parts.fields, styles_);
    form_.write(context_.drafts.read(kDraft).typed);
    parts.fields.push_back(form_.take_control());
    form_.on_change = [this] {
        context_.saver.keep(kDraft, form_.texts());
        drop_plan();  // it was of another edit
    };
    changes_ = &put<CaptionChanges>(parts.below, styles_);
    changes_->on_make = [this] { make_changes(); };
    changes_->on_leave = [this] {
        drop_plan();
        say_where_it_stands();
    };
    listen_to_board();
    work_.on_line = [this](const std::string& line) { log(line); };
    work_.on_busy = [this](bool busy) {
        if (!busy) return;  // not before it is seen what came of it
        board_->say_busy(true);
        changes_->say_busy(true);
    };
    assemble({"Captions", "Words for each image.", "Show changes", "search",
              "Next: run the cell <code>check</code>."},
             std::move(parts), [this] { plan(); });
    context_.dataset_changed.emplace_back([this] { look(); });
    context_.recipe_changed.emplace_back([this] {
        form_.know_trigger(trigger());
        reopen();  // what training reads may be another text
    });
    context_.busy.emplace_back(
        [this]() -> std::string { return work_.going_on() > 0 ? "Captions are being written." : ""; });
    form_.know_trigger(trigger());
}

void CaptionsPage::listen_to_board() {
    board_->on_image = [this](const studio::ListedImage& image) { open(image); };
    board_->on_parts = [this](const TypedOver& over, const std::vector<std::string>& parts) {
        save(over, base::join(parts, ", "),
             [parts](const auto& caption) { return studio::change_of_parts(caption, parts); });
    };
    board_->on_text = [this](const TypedOver& over, const std::string& text) {
        save(over, text, [text](const auto& caption) { return studio::change_of_text(caption, text); });
    };
    board_->on_count = [this](const std::string& id, const std::string& image, const std::string& text) {
        if (text.size() <= kMostCounted) board_->show_count(id, shown_of(image, text));
    };
    board_->on_remove = [this](const std::string& tag) {
        form_.type(studio::CaptionAction::Remove, tag);
        plan();
    };
    board_->on_replace = [this](const std::string& tag) {
        form_.type(studio::CaptionAction::Replace, tag);
        say(Mood::Ready, "Type the tags that take its place below, then show the changes.");
    };
    board_->on_undo = [this](const std::string& what) { take_back(what); };
}

// Another page, window or program may have changed something since.
void CaptionsPage::take_back(const std::string& what) {
    change(
        "Taking it back.",
        [folder = context_.dataset(), what] { return studio::UndoJournal(folder).undo(what); },
        "Taken back: {}.");
}

std::string CaptionsPage::trigger() const { return context_.recipe.text("data.subsets.0.trigger"); }

// ---- What is there

void CaptionsPage::look() {
    task_.start(
        [this, folder = context_.dataset(), lister = context_.lister,
         recipe = context_.recipe.job()](base::Cancel& cancel) -> BackgroundTask::Answer {
            auto listing = lister->list(folder, recipe.data.caption_extensions, cancel);
            Look look;
            look.trouble = listing.trouble;
            look.images = with_tags(folder, std::move(listing));
            look.undo = studio::UndoJournal(folder).last().value_or("");
            look.reader = std::make_shared<studio::CaptionReader>(recipe.model);
            return [this, look = std::move(look)]() mutable { show(std::move(look)); };
        },
        [this](const base::Error& error) {
            say_idle();
            say(error);
        });
}

void CaptionsPage::say_idle() {
    looking_ = false;
    board_->say_busy(work_.going_on() > 0);
    changes_->say_busy(work_.going_on() > 0);
}

void CaptionsPage::show(Look look) {
    if (look.images.folder != context_.dataset()) return;
    reader_ = look.reader;
    trouble_ = look.trouble;
    images_ = look.images.images.size();
    captioned_ =
        static_cast<std::size_t>(std::count_if(look.images.images.begin(), look.images.images.end(),
                                               [](const auto& one) { return !one.caption.empty(); }));
    if (planned_for_ != look.images.folder) drop_plan();
    board_->show(std::move(look.images));
    board_->say_undo(look.undo);
    say_idle();
    reopen();  // it may have been changed by another page
    if (changes_->plan().change.texts.empty() || !said_.empty()) say_where_it_stands();
}

void CaptionsPage::say_where_it_stands() {
    const auto said = std::exchange(said_, {});
    const bool failed = std::exchange(failed_, false);
    if (!trouble_.empty()) return say(Mood::Wrong, trouble_, "Check its permissions.");
    if (images_ == 0) return say(Mood::Ready, "No images yet.", "Drop some on the page images.");
    say(failed                  ? Mood::Look
        : captioned_ == images_ ? Mood::Done
                                : Mood::Ready,
        fmt::format("{}, {} with a caption.", base::counted(images_, "image"),
                    captioned_ == images_ ? "all" : std::to_string(captioned_)),
        said);
}

// ---- One caption

void CaptionsPage::open(const studio::ListedImage& image) {
    const auto& extensions = context_.recipe.job().data.caption_extensions;
    editor_task_.start(
        [this, folder = context_.dataset(), image,
         extension = extensions.empty() ? ".txt"
                                        : extensions.front()](base::Cancel&) -> BackgroundTask::Answer {
            try {
                const auto edited = studio::edited_caption(folder, image, extension);
                return [this, edited] { board_->show_editor(edited, shown_of(edited.image, edited.text)); };
            } catch (const base::Error& error) {
                return [this, name = image.name, error] {
                    studio::EditedCaption none;
                    none.image = name;
                    board_->show_editor(none, {}, fmt::format("{} {}", error.what(), error.hint()));
                };
            }
        },
        [this](const base::Error& error) { say(error); });
}

studio::CaptionShown CaptionsPage::shown_of(const std::string& image, const std::string& text) const {
    if (!reader_) return {};
    auto job = context_.recipe.job();
    for (auto& subset : job.data.subsets) subset.folder = place_of(subset.folder, context_.folder).string();
    return reader_->shown(std::move(job), context_.dataset() / image, text);
}

void CaptionsPage::save(const TypedOver& over, const std::string& typed,
                        const studio::CaptionWriter::Make& make) {
    const Typed known{over.id, "Typed and not written: " + typed};
    const auto* image = board_->find(over.image);
    if (image == nullptr) {
        log(known.unwritten);
        end_change(known, false);
        return say(Mood::Look, "The image of this caption is gone.", "What you typed is in the log.");
    }
    const auto& extensions = context_.recipe.job().data.caption_extensions;
    change(
        {},
        [writer = writer_, folder = context_.dataset(), image = *image,
         extension = extensions.empty() ? ".txt" : extensions.front(), over, make] {
            return writer->write(folder, image, extension, {over.id, over.version, over.after}, make);
        },
        "{}.", known);
}

// ---- Many captions

void CaptionsPage::drop_plan() {
    plan_task_.stop();
    changes_->clear();
}

void CaptionsPage::plan() {
    drop_plan();
    planned_for_ = context_.dataset();
    say(Mood::Busy, "Looking at each caption.");
    const auto edit = form_.edit();
    const auto extensions = context_.recipe.job().data.caption_extensions;
    const auto create = form_.creates() && !extensions.empty() ? extensions.front() : std::string();
    plan_task_.start(
        [this, folder = context_.dataset(), lister = context_.lister, edit, extensions,
         create](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto listing = lister->list(folder, extensions, cancel);
            auto plan = studio::plan_captions(folder, listing, {}, edit, create, cancel);
            return [this, plan = std::move(plan)] { show_plan(plan); };
        },
        [this](const base::Error& error) {
            changes_->clear();
            say(error);
        });
}

void CaptionsPage::show_plan(const studio::CaptionPlan& plan) {
    const auto count = plan.change.texts.size();
    changes_->show(plan, fmt::format("Change {}", base::counted(count, "caption")));
    if (count == 0)
        return say(plan.left_out.empty() ? Mood::Done : Mood::Look, "Nothing is to be changed.",
                   plan.same == 0
                       ? "There are no captions yet."
                       : fmt::format("{} as {}.", base::counted(plan.same, "caption stays", "captions stay"),
                                     plan.same == 1 ? "it is" : "they are"));
    say(Mood::Look, fmt::format("{} would change. Nothing is changed yet.", base::counted(count, "caption")),
        "Look at them below.");
}

void CaptionsPage::make_changes() {
    const auto plan = changes_->plan();
    if (plan.change.texts.empty()) return;
    change(
        "Changing the captions.",
        [folder = planned_for_, plan]() -> std::optional<studio::ChangeOutcome> {
            return studio::carry_out(folder, plan);
        },
        "{}.");
    changes_->clear();
}

// `ending` with what was done in it.
void CaptionsPage::change(const std::string& doing, DatasetWork::Does does, const std::string& ending,
                          const Typed& typed) {
    if (!doing.empty()) say(Mood::Busy, doing);
    work_.change(
        std::move(does),
        [this, ending, typed](const auto& outcome) {
            looking_ = outcome.has_value();
            if (outcome) {
                const auto words = work_.words_for(*outcome, ending);
                said_ = words.text;
                failed_ = words.failed;
            }
            end_change(typed, !outcome || outcome->not_done.empty());
            if (outcome) context_.tell_dataset();
        },
        [this, typed](const base::Error& error) {
            end_change(typed, false);
            say(error);
        });
}

void CaptionsPage::reopen() {
    if (const auto* image = board_->find(board_->image())) open(*image);
}

// The editor shows what there is, and takes what is typed next.
void CaptionsPage::end_change(const Typed& typed, bool all_done) {
    if (!all_done && !typed.unwritten.empty()) log(typed.unwritten);
    if (!typed.id.empty()) board_->end_typing(typed.id);
    if (!looking_) say_idle();
    reopen();
}

}  // namespace lorikeet::widgets
