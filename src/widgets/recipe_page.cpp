#include "widgets/recipe_page.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "studio/plan_notes.hpp"
#include "studio/practice_images.hpp"
#include "widgets/recipe_folders.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

namespace {

constexpr std::string_view kName = "output.name";
constexpr std::string_view kModel = "model.checkpoint";
constexpr std::string_view kFolder = "data.subsets.0.folder";
constexpr std::string_view kTrigger = "data.subsets.0.trigger";
// What the page itself keeps beside the settings, in the same draft.
constexpr std::string_view kOpen = "page.open";
constexpr std::string_view kFile = "page.file";
constexpr std::string_view kUsualFile = "job.toml";

std::string kept_or(const Texts& typed, std::string_view key, std::string_view otherwise) {
    const auto at = typed.find(key);
    return at == typed.end() ? std::string(otherwise) : at->second;
}

// Still to be filled in is no mistake of the file: the form says it.
bool is_mistake(const base::Problem& problem) {
    return problem.what != "is needed." && problem.what != "needs at least one.";
}

// "." and "images/" without what a message would end in.
base::Path as_shown(const base::Path& folder) {
    const auto plain = folder.lexically_normal();
    return plain.has_filename() ? plain : plain.parent_path();
}

}  // namespace

RecipePage::RecipePage(PageContext& context)
    : Page(context),
      form_(context.styles,
            {std::string(kName), std::string(kModel), std::string(kFolder), std::string(kTrigger)},
            Form::Rest::BehindSwitch),
      scan_task_(context.loop()),
      check_task_(context.loop()),
      file_task_(context.loop()) {
    Parts parts;
    parts.fields.push_back(form_.take_lead(kName));
    for (auto& control : model_fields()) parts.fields.push_back(std::move(control));
    Children images;
    images.push_back(form_.take_lead(kFolder));
    images_ = &put<Html>(images, styles_, "", std::vector<std::string>{"lk-note"});
    practice_ = &put<Button>(images, styles_,
                             ControlText{"Practise with a dozen lorikeets",
                                         "Copies included images here, and takes the included small model",
                                         {"lk-fix"}},
                             "picture-o", [this] { practise(); });
    put<Box>(parts.fields, styles_, Box::Way::Down, std::move(images), std::vector<std::string>{"lk-group"});
    parts.fields.push_back(form_.take_lead(kTrigger));
    parts.fields.push_back(form_.take_rest());
    put<Fold>(parts.fields, styles_, "Recipe file", file_row());
    assemble({"Recipe", "Four fields are enough.", "Continue to train", "arrow-down",
              "Next: run the cell <code>train</code>."},
             std::move(parts), [this] { go_on(); });

    form_.write(context_.recipe.texts());
    form_.open(kept_or(context_.recipe_page, kOpen, "false") == "true" ? Shown::Yes : Shown::No);
    file_->write(kept_or(context_.recipe_page, kFile, kUsualFile));
    context_.recipe_changed.emplace_back([this] { follow(); });
    form_.on_change = [this] { changed(); };
    say_where_it_stands();
    check();
}

void RecipePage::shown() {
    look_for_models();
    checked_.clear();  // what is on the disk may have changed
    check();
}

Children RecipePage::model_fields() {
    Children group, all;
    models_ = &put<Dropdown>(group, styles_, ControlText{"Models found here", {}, {"lk-input", "lk-wide"}},
                             std::vector<std::string>{});
    models_->on_change = [this] { choose_model(); };
    models_note_ = &put<Html>(group, styles_, "", std::vector<std::string>{"lk-note"});
    group.push_back(form_.take_lead(kModel));
    put<Box>(all, styles_, Box::Way::Down, std::move(group), std::vector<std::string>{"lk-group"});
    return all;
}

Children RecipePage::file_row() {
    Children all;
    Children row;
    put<Html>(all, styles_, "To use the recipe elsewhere, or to start from a job file.",
              std::vector<std::string>{"lk-note"});
    file_ = &put<Text>(all, styles_, ControlText{"File", {}, {"lk-input", "lk-wide"}});
    file_->on_change = [this] {
        replace_->show(Shown::No);
        keep();
    };
    replace_ = &put<Checkbox>(
        all, styles_, ControlText{"Yes, change the existing file; its comments stay", {}, {"lk-hidden"}});
    put<Button>(row, styles_, ControlText{"Save to file", {}, {}}, "save", [this] { save(); });
    put<Button>(row, styles_, ControlText{"Load file", "Takes all settings from it", {}}, "folder-open",
                [this] { load(); });
    back_ = &put<Button>(row, styles_, ControlText{"Undo loading", {}, {"lk-hidden"}}, "undo",
                         [this] { bring_back(); });
    put<Box>(all, styles_, Box::Way::Across, std::move(row), std::vector<std::string>{"lk-buttons"});
    return all;
}

// ---- What is typed

void RecipePage::changed() {
    replace_->show(Shown::No);
    if (form_.typed().text(kModel) != context_.recipe.text(kModel)) note_model_chosen();
    keep();
    context_.take_recipe(form_.typed());
    mark_model();
    go_on_ = false;
    check();
    say_where_it_stands();
}

// Another page changed the recipe, by a button that was pressed there.
void RecipePage::follow() {
    if (context_.recipe.texts() == form_.typed().texts()) return;
    form_.write(context_.recipe.texts());
    check();
    say_where_it_stands();
}

void RecipePage::note_model_chosen() const { context_.recipe_page[studio::kModelChosen] = "true"; }

void RecipePage::keep() const {
    context_.recipe_page[std::string(kOpen)] = form_.is_open() ? "true" : "false";
    context_.recipe_page[std::string(kFile)] = file_->value();
    context_.keep_recipe();
}

void RecipePage::say_where_it_stands() {
    practice_->show(form_.typed().text(kFolder).empty() ? Shown::Yes : Shown::No);
    const auto summary = form_.summary();
    if (!summary.empty())
        say(Mood::Look, summary);
    else if (checking_)
        say(Mood::Busy, "Checking the images and the model.");
    else
        say(Mood::Done, "The recipe is complete.",
            base::trim(words_on_practice_model() + " " + words_on_trigger()));
}

// It stands in every recipe from the beginning, and knows nothing but the practice images.
std::string RecipePage::words_on_practice_model() const {
    return studio::note_on_practice_model(form_.typed().job(), context_.folder);
}

// It may be left open, and is easily forgotten.
std::string RecipePage::words_on_trigger() const {
    for (const auto& subset : form_.typed().job().data.subsets)
        if (!base::trim(subset.trigger).empty()) return {};
    return bare_ ? "There is no trigger and no caption: no word will call up what is learned."
                 : "There is no trigger: the words of the captions will call up what is learned.";
}

// ---- Models and images

void RecipePage::look_for_models() {
    scan_task_.start(
        [this](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto found_models =
                context_.found_models.look(studio::ModelScanner::usual_folders(context_.folder), cancel);
            return [this, found_models] { show_models(found_models); };
        },
        [this](const base::Error& error) { log(error.what()); });
}

void RecipePage::show_models(const studio::ModelList& found_models) {
    found_ = found_models.bases;
    std::vector<std::string> names;
    for (const auto& model : found_) names.push_back(model.name);
    models_->set_options(names, -1);
    models_->show(names.empty() ? Shown::No : Shown::Yes);
    mark_model();
    for (const auto& reject : found_models.rejects)
        log(fmt::format("{} cannot be used: {} {}", reject.file.string(), reject.reason, reject.hint));
}

void RecipePage::choose_model() {
    const auto index = models_->index();
    if (index < 0 || index >= static_cast<int>(found_.size())) return;
    note_model_chosen();
    form_.type(kModel, found_[static_cast<std::size_t>(index)].choose);
}

void RecipePage::mark_model() {
    const auto typed = form_.typed().text(kModel);
    const auto at =
        std::find_if(found_.begin(), found_.end(), [&](const auto& model) { return model.choose == typed; });
    models_->write(at == found_.end() ? -1 : static_cast<int>(at - found_.begin()));
    models_note_->write(at == found_.end() ? "" : escape(at->sentence));
}

struct RecipePage::Found {
    std::vector<Trouble> troubles;
    studio::ImageFolderSummary images;  // of all folders, each once
};

// All that the fields name, looked for from the folder in which the training will run.
RecipePage::Found RecipePage::find(const settings::Job& job, const base::Path& folder,
                                   const base::Cancel& cancel) {
    Found found;
    const auto add = [&](std::string path, const std::string& what, const std::string& hint) {
        if (!what.empty())
            found.troubles.push_back({{std::move(path)}, what + (hint.empty() ? "" : " " + hint), {}});
    };
    std::map<base::Path, studio::ImageFolderSummary> folders;
    for (std::size_t i = 0; i < job.data.subsets.size(); ++i) {
        const auto& typed = job.data.subsets[i].folder;
        if (typed.empty()) continue;
        const auto nested = job.data.subsets[i].nested ? data::Nested::Yes : data::Nested::No;
        auto look =
            studio::look_at_images(as_shown(folder / typed), job.data.caption_extensions, cancel, nested);
        if (!look.trouble.empty()) add(fmt::format("data.subsets.{}.folder", i), look.trouble, look.hint);
        folders[place_of(typed, folder)] = std::move(look);
    }
    std::vector<studio::ImageFolderSummary> looks;
    for (auto& [place, look] : folders) looks.push_back(std::move(look));
    if (!looks.empty()) found.images = studio::together(looks);
    const auto model = [&](const char* path, const std::string& named, studio::ModelUse use) {
        if (named.empty()) return;
        const auto look = studio::look_at_model(named, use, folder);
        add(path, look.trouble, look.hint);
    };
    model("model.checkpoint", job.model.checkpoint, studio::ModelUse::Base);
    model("model.vae", job.model.vae, studio::ModelUse::Vae);
    model("adapter.start_from", job.adapter.start_from, studio::ModelUse::Lora);
    return found;
}

void RecipePage::check() {
    const auto& job = form_.typed().job();
    std::string named = base::join(job.data.caption_extensions, "\n");
    for (const auto& subset : job.data.subsets)
        named += "\n" + subset.folder + (subset.nested ? "\nnested" : "");
    for (const auto* one : {&job.model.checkpoint, &job.model.vae, &job.adapter.start_from})
        named += "\n" + *one;
    if (named == checked_) return;
    checked_ = named;
    checking_ = true;
    check_task_.start(
        [this, job, folder = context_.folder](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto found = find(job, folder, cancel);
            return [this, found] { take_found(found); };
        },
        [this](const base::Error& error) {
            checking_ = go_on_ = false;
            checked_.clear();
            say(error);
        });
}

void RecipePage::take_found(const Found& found) {
    checking_ = false;
    form_.set_found(found.troubles);
    const auto& look = found.images;
    bare_ = look.images > 0 && look.captions_missing == look.images;
    std::string html;
    if (!look.sentence.empty()) {
        const bool fine = look.hint.empty();
        html = fmt::format("<div class=\"{}\"><span aria-hidden=\"true\">{}</span> {}</div>{}",
                           fine ? "lk-needed" : "lk-wrong", fine ? "\u2713" : "\u26a0", escape(look.sentence),
                           escape(look.hint));
    }
    if (!look.left_out.empty())
        html += fmt::format("<br>{} left out: {}", look.left_out.size(),
                            escape(base::to_text({look.left_out[0]})));
    images_->write(html);
    say_where_it_stands();
    if (!std::exchange(go_on_, false)) return;
    if (form_.summary().empty())
        lead_on("train");
    else
        lead_to_trouble();
}

// What was right a while ago may have gone from the disk meanwhile.
void RecipePage::go_on() {
    checked_.clear();
    go_on_ = true;
    check();
    say_where_it_stands();
}

// Before there are images of one's own, everything can be tried.
void RecipePage::practise() {
    file_task_.start(
        [this, folder = context_.folder](base::Cancel&) -> BackgroundTask::Answer {
            const auto images = studio::practice_images(folder);
            return [this, images] {
                if (form_.typed().text(kModel) == "tiny") note_model_chosen();
                form_.type(kFolder, images.string());
                for (const auto& [path, text] : {std::pair{kModel, "tiny"}, {kTrigger, "lorikeet"}})
                    if (form_.typed().text(path).empty()) form_.type(path, text);  // what was typed stays
            };
        },
        [this](const base::Error& error) { say(error); });
}

// ---- The file

base::Path RecipePage::file() const {
    const auto typed = std::string(base::trim(file_->value()));
    return context_.folder / (typed.empty() ? std::string(kUsualFile) : base::clean_typed_path(typed));
}

void RecipePage::load() {
    say(Mood::Busy, "Reading the file.");
    file_task_.start(
        [this, path = file()](base::Cancel&) -> BackgroundTask::Answer {
            const auto reading = settings::read_job_file(path);
            return [this, reading] { take(reading); };
        },
        [this](const base::Error& error) { say(error); });
}

void RecipePage::take(const settings::Reading& reading) {
    const auto mistakes = std::count_if(reading.problems.begin(), reading.problems.end(), is_mistake);
    if (mistakes > 0) {
        for (const auto& problem : reading.problems) log(base::to_text({problem}));
        const auto first = std::find_if(reading.problems.begin(), reading.problems.end(), is_mistake);
        say(Mood::Wrong,
            fmt::format("Nothing was loaded: the file has {}.",
                        mistakes == 1 ? "a mistake" : fmt::format("{} mistakes", mistakes)),
            base::to_text({*first}));
        return;
    }
    before_ = form_.typed().texts();
    form_.write(reading.job);
    changed();
    back_->show(Shown::Yes);
    if (form_.summary().empty() && !checking_) say(Mood::Done, "The settings were loaded from the file.");
}

void RecipePage::bring_back() {
    form_.write(before_);
    back_->show(Shown::No);
    changed();
}

void RecipePage::save() {
    // What is not on this machine may be where the file is for.
    if (!form_.typed().troubles().empty()) {
        say(Mood::Look, form_.summary(), "Nothing was saved to the file.");
        return;
    }
    const bool may_replace = replace_->shown() && replace_->value();
    say(Mood::Busy, "Saving.");
    file_task_.start(
        [this, path = file(), job = form_.typed().job(),
         may_replace](base::Cancel&) -> BackgroundTask::Answer {
            const bool there = base::is_there(path);
            const auto earlier = there ? base::read_text(path) : std::string();
            const auto patched = there ? settings::patch_job(earlier, job)
                                       : settings::Patched{settings::write_job(job), {}};
            if (there && !may_replace && patched.text != earlier)
                return [this, path] {
                    replace_->write(false);
                    replace_->show(Shown::Yes);
                    say(Mood::Look, fmt::format("{} exists already, with other settings.", path.string()),
                        "Tick the box and press again, or name another file.");
                };
            if (patched.text != earlier) base::write_whole(path, patched.text);
            return [this, path, why = patched.why] {
                replace_->show(Shown::No);
                say(Mood::Done, fmt::format("Saved as {}.", path.string()), why);
            };
        },
        [this](const base::Error& error) { say(error); });
}

}  // namespace lorikeet::widgets
