#include "widgets/images_page.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "studio/dataset_trash.hpp"
#include "studio/dataset_unpack.hpp"

namespace lorikeet::widgets {

using namespace std::chrono_literals;

namespace {

constexpr auto kLookWhileFilesCome = 4s;

}  // namespace

struct ImagesPage::Look {
    base::Path folder;
    studio::DatasetListing listing;
    std::string undo;
};

ImagesPage::ImagesPage(PageContext& context) : Page(context), task_(context.loop()), work_(context.loop()) {
    Parts parts;
    upload_ = &put<Upload>(parts.fields, styles_);
    gallery_ = &put<ImageGallery>(parts.fields, styles_);
    upload_->on_kept = [this] { look_soon(); };
    upload_->on_end = [this](const UploadReport& report) {
        for (const auto& [name, reason] : report.left_out) log(fmt::format("{}: {}", name, reason));
        for (const auto& [from, to] : report.renamed) log(fmt::format("{} is now {}", from, to));
        context_.tell_dataset();
        for (const auto& name : report.to_unpack) unpack(name);
    };
    upload_->on_unpack = [this](const std::string& name) { unpack(name); };
    upload_->on_remove = [this](const std::string& name) {
        change(
            "Moving to the trash.",
            [folder = context_.dataset(), name]() -> std::optional<studio::ChangeOutcome> {
                const auto trash = studio::UndoJournal::next_trash() + "/";
                return studio::UndoJournal(folder).carry_out(
                    {fmt::format("{} moved to the trash", name), {{name, trash + name}}, {}});
            },
            "{}.");
    };
    gallery_->on_trash = [this](const std::vector<std::string>& names) {
        const auto captions = context_.recipe.job().data.caption_extensions;
        change(
            "Moving to the trash.",
            [folder = context_.dataset(), lister = context_.lister, captions,
             names]() -> std::optional<studio::ChangeOutcome> {
                const auto listing = lister->list(folder, captions, {});
                return studio::move_to_trash(folder, listing, names);
            },
            "{}.");
    };
    work_.on_busy = [this](bool busy) { gallery_->say_busy(busy); };
    work_.on_line = [this](const std::string& line) { log(line); };
    gallery_->on_undo = [this] {
        change(
            "Taking it back.",
            [folder = context_.dataset()] { return studio::UndoJournal(folder).undo_last(); },
            "Taken back: {}.");
    };
    assemble({"Images", "The images to train on.", "Continue to tags", "arrow-down",
              "Next: run the cell <code>tags</code>."},
             std::move(parts), [this] { lead_on("tags"); });
    context_.dataset_changed.emplace_back([this] { look(); });
    context_.busy.emplace_back([this]() -> std::string {
        if (upload_->is_receiving()) return "Images are still arriving on the page images.";
        return unpacking_.empty() ? "" : fmt::format("{} is being unpacked.", unpacking_);
    });
    gallery_->show_frames(context_.dataset_frames);
    const auto show_findings = [this] { gallery_->show_findings(context_.findings, context_.shown_finding); };
    show_findings();
    context_.findings_changed.emplace_back(show_findings);
    gallery_->on_finding = [this](const std::string& kind) { context_.show_finding(kind); };
    context_.frames_changed.emplace_back([this] { gallery_->show_frames(context_.dataset_frames); });
}

ImagesPage::~ImagesPage() { leaving_.request_stop(); }

// ---- What is there

void ImagesPage::look() {
    soon_.reset();
    const auto captions = context_.recipe.job().data.caption_extensions;
    upload_->set_place(context_.dataset(), captions);
    task_.start(
        [this, folder = context_.dataset(), lister = context_.lister,
         captions](base::Cancel& cancel) -> BackgroundTask::Answer {
            const Look look{folder, lister->list(folder, captions, cancel),
                            studio::UndoJournal(folder).last().value_or("")};
            return [this, look] { show(look); };
        },
        [this](const base::Error& error) { say(error); });
}

// While files come, now and then.
void ImagesPage::look_soon() {
    if (!soon_) soon_ = context_.loop().every(kLookWhileFilesCome, [this] { look(); });
}

void ImagesPage::show(const Look& look) {
    if (look.folder != context_.dataset()) return;
    gallery_->show_images(look.folder, look.listing.images);
    gallery_->say_undo(look.undo);
    upload_->say_empty(look.listing.images.empty());
    upload_->show_archives(unpacking_.empty() ? look.listing.archives : std::vector<std::string>());
    say_where_it_stands(look);
}

void ImagesPage::say_where_it_stands(const Look& look) {
    const auto& listing = look.listing;
    if (!unpacking_.empty()) return say(Mood::Busy, fmt::format("Unpacking {}.", unpacking_));
    const auto said = std::exchange(said_, {});
    const bool failed = std::exchange(failed_, false);
    if (!listing.trouble.empty())
        return say(Mood::Wrong, listing.trouble, "Check it, or choose another on the page project.");
    const auto captioned = std::count_if(listing.images.begin(), listing.images.end(),
                                         [](const auto& image) { return !image.caption.empty(); });
    const auto count = listing.images.size();
    auto sentence = count == 0 ? "No images yet: drop some above."
                               : fmt::format("{} image{}, {} with a caption.", count, count == 1 ? "" : "s",
                                             captioned == static_cast<std::ptrdiff_t>(count)
                                                 ? "all"
                                                 : std::to_string(captioned));
    std::vector<std::string> more;
    if (!said.empty()) more.push_back(said);
    if (listing.inside > 0)
        more.push_back(
            fmt::format("{} in folders inside, each a subset.", base::counted(listing.inside, "image")));
    if (listing.unfinished > 0 && !soon_)
        more.push_back(fmt::format("{} upload{} cut off: drop the same files again to go on.",
                                   listing.unfinished, listing.unfinished == 1 ? " was" : "s were"));
    say(failed ? Mood::Wrong : count == 0 ? Mood::Ready : Mood::Done, sentence, base::join(more, " "));
}

// ---- What is changed

void ImagesPage::change(const std::string& doing, DatasetWork::Does does, const std::string& ending) {
    say(Mood::Busy, doing);
    upload_->forget_report();  // it tells of files that may go now
    work_.change(
        std::move(does),
        [this, ending](const auto& outcome) {
            if (outcome) {
                const auto words = work_.words_for(*outcome, ending);
                said_ = words.text;
                failed_ = words.failed;
            }
            context_.tell_dataset();
        },
        [this](const base::Error& error) { say(error); });
}

// What came out of it can be taken back with one Undo.
void ImagesPage::unpack(const std::string& name) {
    unpacking_ = name;
    say(Mood::Busy, fmt::format("Unpacking {}.", name));
    const auto captions = context_.recipe.job().data.caption_extensions;
    const auto end = [this](const UnpackReport& report) {
        said_ = report.sentence;
        failed_ = report.failed;
        upload_->tell_unpacked(report);
        unpacking_.clear();
        context_.tell_dataset();
    };
    work_.add(
        [this, name, folder = context_.dataset(), captions, end]() -> DatasetWork::Answer {
            const auto outcome = studio::unpack_in_dataset(folder, name, captions, leaving_);
            return [this, outcome, end] { end(report_of(outcome)); };
        },
        [this, end](const base::Error& error) {
            const auto why = fmt::format("{} {}", error.what(), error.hint());
            log(why);
            end({why, true, {}});
        });
}

UnpackReport ImagesPage::report_of(const studio::ImportOutcome& outcome) {
    UnpackReport report{outcome.sentence, outcome.taken.empty() && outcome.already_there.empty(), {}};
    for (const auto& file : outcome.renamed)
        log(fmt::format("{} is now {}: {}", file.from, file.place, file.why));
    for (const auto& file : outcome.left_out) {
        log(fmt::format("{} was left out: {}", file.from, file.why));
        report.left_out.emplace_back(file.from, file.why);
    }
    for (const auto& note : outcome.notes) {
        log(note);
        report.sentence += " " + note;
    }
    if (report.failed && outcome.left_out.size() == 1)  // most often the archive itself
        report.sentence += " " + outcome.left_out.front().why;
    return report;
}

}  // namespace lorikeet::widgets
