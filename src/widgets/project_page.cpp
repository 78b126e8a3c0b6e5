#include "widgets/project_page.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "studio/dataset_files.hpp"
#include "studio/writable.hpp"
#include "widgets/path_picker.hpp"
#include "widgets/project_watch.hpp"

namespace lorikeet::widgets {

using Classes = std::vector<std::string>;

namespace {

constexpr std::string_view kFolderNote = "A new one is made with the first image.";

// Why images cannot lie there; empty when they can.
std::string trouble_with(const base::Path& folder, const base::Path& project) {
    if (folder.empty()) return "A folder is needed.";
    const auto inside = std::filesystem::absolute(project).lexically_normal().lexically_relative(
        std::filesystem::absolute(folder / "").lexically_normal());
    if (!inside.empty() && *inside.begin() != "..")
        return fmt::format(
            "{} is the project's own folder or one above it, where samples and other files lie too. Choose a "
            "folder of images alone.",
            folder.lexically_normal().string());
    if (base::is_there(folder) && !base::is_folder(folder))
        return fmt::format("{} is a file, not a folder.", folder.string());
    return studio::trouble_writing_in(folder);
}

std::string words_for(const std::vector<studio::TrashedProject>& trash) {
    if (trash.empty()) return {};
    std::uint64_t bytes = 0;
    for (const auto& project : trash) bytes += project.bytes;
    return fmt::format("In the trash: {}, {}", base::counted(trash.size(), "project"),
                       base::human_bytes(bytes));
}

}  // namespace

struct ProjectPage::Look {
    std::vector<ProjectCard> cards;
    std::string trash, deleted_last;
    std::string folder_trouble;
    base::Path folder;
    bool folder_is_there = false;
    std::size_t images = 0;
};

ProjectPage::ProjectPage(PageContext& context)
    : Page(context), task_(context.loop()), size_task_(context.loop()), changes_(context.loop()) {
    Parts parts;
    cards_ = &put<ProjectCards>(parts.fields, styles_);
    cards_->on_create = [this](const std::string& name) { create(name); };
    cards_->on_open = [this](const studio::Project& project) { open(project); };
    cards_->on_close = [this] { close(); };
    cards_->on_rename = [this](const auto& project, const auto& name) { rename(project, name); };
    cards_->on_ask_delete = [this](const studio::Project& project) { ask_delete(project); };
    cards_->on_ask_empty = [this] { ask_empty(); };
    cards_->on_undo = [this] { undo(); };
    cards_->on_restore = [this] { restore(); };
    cards_->say_undo(context_.project_change->what);
    Children field;
    auto typed_folder = std::make_unique<Text>(
        styles_, ControlText{"Folder of the images", {}, {"lk-input", "lk-wide"}}, "pictures");
    folder_ = typed_folder.get();
    field.push_back(with_picker(styles_, std::move(typed_folder), studio::PathKind::Folder, "images"));
    note_ = &put<Html>(field, styles_, escape(kFolderNote), Classes{"lk-note"});
    field_ = &put<Box>(parts.fields, styles_, Box::Way::Down, std::move(field), Classes{"lk-field"});
    // The recipe names its folders itself.
    field_->show(context_.after_project == "images" ? Shown::Yes : Shown::No);
    const auto& next = context_.after_project;
    assemble({"Project", "A folder of its own for images, recipe and runs.", "Continue to " + next,
              "arrow-down", fmt::format("Next: run the cell <code>{}</code>.", next)},
             std::move(parts), [this] { lead_on(context_.after_project); });
    folder_->write(context_.dataset_typed());
    folder_->on_change = [this] { typed(); };
    context_.dataset_changed.emplace_back([this] { look(); });
    context_.watch().listen([this] { look(); });
    look();
}

void ProjectPage::typed() { context_.type_dataset(folder_->value()); }

// ---- What is there

void ProjectPage::look() {
    if (mood() == Mood::Ready && status().empty()) say(Mood::Busy, "Looking at the projects.");
    if (folder_->value() != context_.dataset_typed()) folder_->write(context_.dataset_typed());
    const auto captions = context_.recipe.job().data.caption_extensions;
    task_.start(
        [this, workspace = context_.workspace, folder = context_.dataset(), here = context_.folder,
         typed = context_.typed_pages(), lister = context_.lister,
         captions](base::Cancel& cancel) -> BackgroundTask::Answer {
            Look look;
            const studio::Projects projects(workspace);
            for (auto& project : projects.list()) {
                // What is typed here may not be on the disk yet.
                const auto of_it = project.folder == here ? typed : studio::read_typed_pages(project.folder);
                auto progress = studio::progress_of(project.folder, of_it, captions, cancel);
                look.cards.push_back({std::move(project), std::move(progress)});
            }
            std::stable_sort(look.cards.begin(), look.cards.end(),
                             [](const auto& a, const auto& b) { return a.progress.used > b.progress.used; });
            const auto trash = projects.trash();
            look.trash = words_for(trash);
            look.deleted_last = trash.empty() ? std::string() : trash.front().name;
            look.folder = folder;
            look.folder_trouble = trouble_with(folder, here);
            look.folder_is_there = base::is_folder(folder);
            look.images = lister->list(folder, captions, cancel).images.size();
            return [this, look] { show(look); };
        },
        [this](const base::Error& error) { say(error); });
}

void ProjectPage::show(const Look& look) {
    cards_->show(look.cards);
    cards_->say_trash(look.trash);
    cards_->say_restore(look.deleted_last);
    const bool fine = look.folder_trouble.empty();
    field_->mark("lk-has-trouble", !fine);
    note_->write(
        fine ? escape(kFolderNote)
             : fmt::format("<div class=\"lk-wrong\"><span aria-hidden=\"true\">\u26a0</span> {}</div>{}",
                           escape(look.folder_trouble), escape(kFolderNote)));
    say_where_it_stands(look);
}

void ProjectPage::say_where_it_stands(const Look& look) {
    if (!look.folder_trouble.empty()) return say(Mood::Wrong, "Please check the folder.");
    const auto said = std::exchange(context_.project_change->said, {});
    const auto& place = context_.watch().state();
    if (!place.trouble.empty())
        return say(Mood::Wrong, place.trouble, "Open one below its name, or go on in this folder.");
    if (!said.empty()) return say(Mood::Done, said);
    if (place.is_project) return say(Mood::Done, fmt::format("{} is open.", place.place));
    say(Mood::Ready, "No project is open.", "This folder itself is used.");
}

// ---- What is changed

// Before the open project is left, or moved under what works in it.
bool ProjectPage::may_leave() {
    if (const auto why = context_.busy_with(); !why.empty()) {
        say(Mood::Look, why, "Then this can be done.");
        return false;
    }
    context_.saver.settle();
    return true;
}

void ProjectPage::change(std::function<Outcome(studio::Projects&)> does) {
    if (!may_leave()) return;
    cards_->say_busy(true);
    ++context_.project_change->going_on;
    changes_.add([this, does = std::move(does), workspace = context_.workspace]() -> WorkQueue::Answer {
        try {
            studio::Projects projects(workspace);
            const auto outcome = does(projects);
            return [this, outcome] {
                cards_->say_busy(false);
                auto& kept = *context_.project_change;
                --kept.going_on;
                kept.said = outcome.said;
                kept.what = outcome.undo;
                kept.take_back = outcome.take_back;
                cards_->say_undo(kept.what);
                if (outcome.made) cards_->say_made();
                // First, so that the page which is made then says it, and not this one.
                if (context_.follow_project) context_.follow_project();
                look();
            };
        } catch (const base::Error& error) {
            return [this, error] {
                cards_->say_busy(false);
                --context_.project_change->going_on;
                // Below all cards it may be out of view.
                cards_->say_trouble(fmt::format("{} {}", error.what(), error.hint()));
                say(error);
            };
        }
    });
}

void ProjectPage::create(const std::string& name) {
    change([name](studio::Projects& projects) {
        const auto made = projects.create(name);
        return Outcome{fmt::format("{} is made, and open.", made.name), {}, {}, true};
    });
}

void ProjectPage::open(const studio::Project& project) {
    change([name = project.folder.filename().string()](studio::Projects& projects) {
        return Outcome{fmt::format("{} is open.", projects.open(name).name), {}, {}, false};
    });
}

void ProjectPage::close() {
    change([](studio::Projects& projects) {
        projects.close();
        return Outcome{"The project is closed: this folder itself is used.", {}, {}, false};
    });
}

void ProjectPage::rename(const studio::Project& project, const std::string& name) {
    change([project, name](studio::Projects& projects) {
        const auto now = projects.rename(project.folder.filename().string(), name);
        return Outcome{fmt::format("{} is called {} now.", project.name, now.name),
                       fmt::format("{} renamed to {}", project.name, now.name),
                       [from = now.folder.filename().string(), to = project.name](studio::Projects& all) {
                           all.rename(from, to);
                       },
                       false};
    });
}

// The size is counted first, so that it is known what would be lost.
void ProjectPage::ask_delete(const studio::Project& project) {
    size_task_.start(
        [this, project](base::Cancel&) -> BackgroundTask::Answer {
            const auto size = studio::size_of(project);
            return [this, project, size] {
                cards_->ask(project.folder,
                            fmt::format("Move {} ({} in {} and {}) to the trash?", project.name,
                                        base::human_bytes(size.bytes), base::counted(size.images, "image"),
                                        base::counted(size.runs, "run")),
                            "Move to the trash", [this, project] { delete_now(project); });
            };
        },
        [this](const base::Error& error) { say(error); });
}

void ProjectPage::delete_now(const studio::Project& project) {
    change([project](studio::Projects& projects) {
        const auto trashed = projects.remove(project.folder.filename().string());
        return Outcome{fmt::format("{} is in the trash: {}.", trashed.name, base::human_bytes(trashed.bytes)),
                       fmt::format("{} deleted", trashed.name),
                       [name = trashed.name, was_open = project.is_open](studio::Projects& all) {
                           const auto back = all.restore(name);
                           if (was_open && !all.open_one()) all.open(back.folder.filename().string());
                       },
                       false};
    });
}

void ProjectPage::ask_empty() {
    size_task_.start(
        [this, workspace = context_.workspace](base::Cancel&) -> BackgroundTask::Answer {
            const auto trash = studio::Projects(workspace).trash();
            std::uint64_t bytes = 0;
            std::vector<std::string> names;
            for (const auto& project : trash) bytes += project.bytes, names.push_back(project.name);
            return [this, words = fmt::format("Delete {} for good ({})? This cannot be taken back.",
                                              base::join(names, ", "), base::human_bytes(bytes))] {
                cards_->ask({}, words, "Delete for good", [this] {
                    change([](studio::Projects& projects) {
                        return Outcome{fmt::format("The trash is empty: {} freed.",
                                                   base::human_bytes(projects.empty_trash())),
                                       {},
                                       {},
                                       false};
                    });
                });
            };
        },
        [this](const base::Error& error) { say(error); });
}

// One after the other, also after a restart, when nothing is known of what was done.
void ProjectPage::restore() {
    change([](studio::Projects& projects) {
        const auto trash = projects.trash();
        if (trash.empty()) return Outcome{"The trash is empty.", {}, {}, false};
        return Outcome{fmt::format("{} is back.", projects.restore(trash.front().name).name), {}, {}, false};
    });
}

void ProjectPage::undo() {
    const auto kept = *context_.project_change;
    if (!kept.take_back) return;
    change([kept](studio::Projects& projects) {
        kept.take_back(projects);
        return Outcome{fmt::format("Taken back: {}.", kept.what), {}, {}, false};
    });
}

}  // namespace lorikeet::widgets
