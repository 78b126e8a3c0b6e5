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

std::string not_written(const std::string& typed) { return "Typed and not written: " + typed; }

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
        changes_->clear();  // it was of another edit
    };
    changes_ = &put<CaptionChanges>(parts.below, styles_);
    changes_->on_make = [this] { make_changes(); };
    changes_->on_leave = [this] {
        changes_->clear();
        say_where_it_stands();
    };
    listen_to_board();
    assemble({"Captions", "What the model learns to call what it sees.", "Show changes", "search",
              "Next: run the cell <code>check</code>."},
             std::move(parts), [this] { plan(); });
    context_.dataset_changed.emplace_back([this] { look(); });
    context_.recipe_changed.emplace_back([this] { form_.know_trigger(trigger()); });
    form_.know_trigger(trigger());
}

void CaptionsPage::listen_to_board() {
    board_->on_image = [this](const studio::ListedImage& image) { open(image); };
    board_->on_parts = [this](const std::string& version, const std::vector<std::string>& parts) {
        save(version, base::join(parts, ", "),
             [parts](const auto& caption) { return studio::change_of_parts(caption, parts); });
    };
    board_->on_text = [this](const std::string& version, const std::string& text) {
        save(version, text, [text](const auto& caption) { return studio::change_of_text(caption, text); });
    };
    board_->on_count = [this](const std::string& id, const std::string& text) {
        board_->show_count(id, shown_of(board_->image(), text));
    };
    board_->on_remove = [this](const std::string& tag) {
        form_.type(studio::CaptionAction::Remove, tag);
        plan();
    };
    board_->on_replace = [this](const std::string& tag) {
        form_.type(studio::CaptionAction::Replace, tag);
        say(Mood::Ready, "Type the tags that take its place below, then show the changes.");
    };
    board_->on_undo = [this] {
        change(
            "Taking it back.",
            [folder = context_.dataset()] { return studio::UndoJournal(folder).undo_last(); },
            "Taken back: {}.");
    };
}

std::string CaptionsPage::trigger() const { return context_.recipe.text("data.subsets.0.trigger"); }

// ---- What is there

void CaptionsPage::look() {
    task_.start(
        [this, folder = context_.dataset(),
         recipe = context_.recipe.job()](base::Cancel& cancel) -> BackgroundTask::Answer {
            auto listing = studio::list_dataset(folder, recipe.data.caption_extensions, cancel);
            Look look;
            look.trouble = listing.trouble;
            look.images = with_tags(folder, std::move(listing));
            look.undo = studio::UndoJournal(folder).last().value_or("");
            look.reader = std::make_shared<studio::CaptionReader>(recipe.model);
            return [this, look = std::move(look)] { show(look); };
        },
        [this](const base::Error& error) { say(error); });
}

void CaptionsPage::show(const Look& look) {
    if (look.images.folder != context_.dataset()) return;
    reader_ = look.reader;
    trouble_ = look.trouble;
    images_ = look.images.images.size();
    captioned_ =
        static_cast<std::size_t>(std::count_if(look.images.images.begin(), look.images.images.end(),
                                               [](const auto& one) { return !one.caption.empty(); }));
    board_->show(look.images);
    board_->say_undo(look.undo);
    reopen();  // it may have been changed by another page
    if (changes_->plan().change.texts.empty()) say_where_it_stands();
}

void CaptionsPage::say_where_it_stands() {
    const auto said = std::exchange(said_, {});
    if (!trouble_.empty()) return say(Mood::Wrong, trouble_, "Check its permissions.");
    if (images_ == 0) return say(Mood::Ready, "No images yet.", "Drop some on the page images.");
    say(captioned_ == images_ ? Mood::Done : Mood::Ready,
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
                return [this, edited] {
                    edited_ = edited;
                    board_->show_editor(edited, shown_of(edited.image, edited.text));
                };
            } catch (const base::Error& error) {
                return [this, name = image.name, error] {
                    edited_.reset();
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

void CaptionsPage::save(const std::string& version, const std::string& typed, const MakeChange& make) {
    if (!edited_ || edited_->version != version || edited_->image != board_->image()) {
        log(not_written(typed));
        end_change();
        return say(Mood::Look,
                   "The caption was changed by another program meanwhile; it is shown as it is now.",
                   "What you typed is in the log.");
    }
    std::optional<studio::DatasetChange> made;
    try {
        made = make(*edited_);
    } catch (const base::Error& error) {
        log(not_written(typed));
        end_change();
        return say(error);
    }
    if (!made) return end_change();
    change(
        {},
        [folder = context_.dataset(), made = *made]() -> std::optional<studio::ChangeOutcome> {
            return studio::UndoJournal(folder).carry_out(made);
        },
        "{}.", not_written(typed));
}

// ---- Many captions

void CaptionsPage::plan() {
    say(Mood::Busy, "Looking at each caption.");
    const auto edit = form_.edit();
    const auto extensions = context_.recipe.job().data.caption_extensions;
    const auto create = form_.creates() && !extensions.empty() ? extensions.front() : std::string();
    plan_task_.start(
        [this, folder = context_.dataset(), edit, extensions,
         create](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto listing = studio::list_dataset(folder, extensions, cancel);
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
        [folder = context_.dataset(), plan]() -> std::optional<studio::ChangeOutcome> {
            return studio::carry_out(folder, plan);
        },
        "{}.");
    changes_->clear();
}

// `ending` with what was done in it. `unwritten`: for the log, should not all of it be done.
void CaptionsPage::change(const std::string& doing,
                          std::function<std::optional<studio::ChangeOutcome>()> does,
                          const std::string& ending, const std::string& unwritten) {
    if (!doing.empty()) say(Mood::Busy, doing);
    board_->say_busy(true);
    changes_->say_busy(true);
    work_.add([this, does = std::move(does), ending, unwritten]() -> WorkQueue::Answer {
        try {
            const auto outcome = does();
            return [this, outcome, ending, unwritten] {
                if (outcome) said_ = words_for(*outcome, ending);
                if (outcome && !outcome->not_done.empty()) log_unless_empty(unwritten);
                end_change();
                context_.tell_dataset();
            };
        } catch (const base::Error& error) {
            return [this, error, unwritten] {
                log_unless_empty(unwritten);
                end_change();
                say(error);
            };
        }
    });
}

void CaptionsPage::reopen() {
    if (const auto* image = board_->find(board_->image())) open(*image);
}

// The editor shows what there is, and takes what is typed next.
void CaptionsPage::end_change() {
    board_->end_typing();
    reopen();
    board_->say_busy(false);
    changes_->say_busy(false);
}

void CaptionsPage::log_unless_empty(const std::string& line) {
    if (!line.empty()) log(line);
}

std::string CaptionsPage::words_for(const studio::ChangeOutcome& outcome, const std::string& ending) {
    for (const auto& problem : outcome.not_done) log(base::to_text({problem}));
    auto words = outcome.done == 0 && !outcome.not_done.empty()
                     ? std::string("Nothing was changed.")
                     : fmt::format(fmt::runtime(ending), outcome.what);
    if (!outcome.not_done.empty())
        words += fmt::format(" {} could not be written: {}", outcome.not_done.size(),
                             base::to_text({outcome.not_done.front()}));
    return words;
}

}  // namespace lorikeet::widgets
