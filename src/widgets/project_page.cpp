#include "widgets/project_page.hpp"

#include <fmt/format.h>

#include "base/path.hpp"
#include "studio/dataset_files.hpp"
#include "studio/writable.hpp"

namespace lorikeet::widgets {

using Classes = std::vector<std::string>;

namespace {

constexpr std::string_view kFolderNote =
    "A name here, or a full path. A folder that is not there is made with the first image.";

std::string images_counted(std::size_t count) {
    return fmt::format("{} image{}", count, count == 1 ? "" : "s");
}

// Why images cannot lie there; empty when they can.
std::string trouble_with(const base::Path& folder) {
    if (folder.empty()) return "A folder is needed.";
    if (base::is_there(folder) && !base::is_folder(folder))
        return fmt::format("{} is a file, not a folder.", folder.string());
    return studio::trouble_writing_in(folder);
}

}  // namespace

ProjectPage::ProjectPage(PageContext& context) : Page(context), task_(context.loop()) {
    Children field;
    folder_ = &put<Text>(field, styles_, ControlText{"Folder of the images", {}, {"lk-input", "lk-wide"}},
                         "pictures");
    note_ = &put<Html>(field, styles_, escape(kFolderNote), Classes{"lk-note"});
    Parts parts;
    field_ = &put<Box>(parts.fields, styles_, Box::Way::Down, std::move(field), Classes{"lk-field"});
    assemble({"Project", "Where your images lie.", "Continue to images", "arrow-down",
              "Next: run the cell <code>images</code>."},
             std::move(parts), [this] { lead_on("images"); });
    folder_->write(context_.dataset_typed());
    folder_->on_change = [this] { typed(); };
    look();
}

void ProjectPage::typed() {
    context_.type_dataset(folder_->value());
    look();
}

void ProjectPage::look() {
    say(Mood::Busy, "Looking at the folder.");
    const auto captions = context_.recipe.job().data.caption_extensions;
    task_.start(
        [this, folder = context_.dataset(), captions](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto trouble = trouble_with(folder);
            const auto listing = studio::list_dataset(folder, captions, cancel);
            const bool there = base::is_folder(folder);
            return [this, folder, trouble, there, count = listing.images.size()] {
                field_->mark("lk-has-trouble", !trouble.empty());
                note_->write(
                    trouble.empty()
                        ? escape(kFolderNote)
                        : fmt::format(
                              "<div class=\"lk-wrong\"><span aria-hidden=\"true\">\u26a0</span> {}</div>{}",
                              escape(trouble), escape(kFolderNote)));
                if (!trouble.empty()) return say(Mood::Wrong, "Please check the folder.");
                if (!there) return say(Mood::Ready, "This folder is new.", folder.string());
                say(Mood::Done, fmt::format("{} there.", images_counted(count)), folder.string());
            };
        },
        [this](const base::Error& error) { say(error); });
}

}  // namespace lorikeet::widgets
