#include "widgets/recipe_page.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
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

}  // namespace

RecipePage::RecipePage(House& house)
    : Page(house),
      form_(house.looks,
            {std::string(kName), std::string(kModel), std::string(kFolder), std::string(kTrigger)},
            Form::Rest::BehindSwitch),
      shelf_errand_(house.loop()),
      folder_errand_(house.loop()),
      file_errand_(house.loop()) {
    Parts parts;
    parts.fields.push_back(form_.take_lead(kName));
    for (auto& control : model_fields()) parts.fields.push_back(std::move(control));
    Children pictures;
    pictures.push_back(form_.take_lead(kFolder));
    pictures_ = &put<Html>(pictures, looks_, "", std::vector<std::string>{"lk-note"});
    put<Box>(parts.fields, looks_, Box::Way::Down, std::move(pictures), std::vector<std::string>{"lk-group"});
    parts.fields.push_back(form_.take_lead(kTrigger));
    parts.fields.push_back(form_.take_rest());
    for (auto& control : file_row()) parts.fields.push_back(std::move(control));
    put<Button>(parts.beside, looks_, Saying{"Load the file", "Takes all settings from it", {}},
                "folder-open", [this] { load(); });
    back_ = &put<Button>(parts.beside, looks_, Saying{"Bring back what stood here before", {}, {"lk-hidden"}},
                         "undo", [this] { bring_back(); });
    assemble(
        {"Recipe", "What is learned, from which pictures, on which model. The first four fields are enough.",
         "Save to the file", "save",
         "Every field is kept as you type; a file is only needed to use the recipe elsewhere. "
         "Next: run the cell <code>train</code>."},
        std::move(parts), [this] { save(); });

    form_.write(house_.recipe.texts());
    form_.open(kept_or(house_.recipe_page, kOpen, "false") == "true" ? Shown::Yes : Shown::No);
    file_->write(kept_or(house_.recipe_page, kFile, kUsualFile));
    house_.recipe_changed.emplace_back([this] { follow(); });
    form_.on_change = [this] { changed(); };
    say_where_it_stands();
    look_at_folder();
}

Children RecipePage::model_fields() {
    Children group, all;
    models_ = &put<Dropdown>(group, looks_, Saying{"Models found here", {}, {"lk-input", "lk-wide"}},
                             std::vector<std::string>{});
    models_->on_change = [this] { choose_model(); };
    models_note_ = &put<Html>(group, looks_, "", std::vector<std::string>{"lk-note"});
    group.push_back(form_.take_lead(kModel));
    put<Box>(all, looks_, Box::Way::Down, std::move(group), std::vector<std::string>{"lk-group"});
    return all;
}

Children RecipePage::file_row() {
    Children all;
    file_ = &put<Text>(all, looks_, Saying{"File of this recipe", {}, {"lk-input", "lk-wide"}});
    file_->on_change = [this] {
        replace_->show(Shown::No);
        keep();
    };
    replace_ = &put<Checkbox>(
        all, looks_, Saying{"Yes, change the file that is there; its comments stay", {}, {"lk-hidden"}});
    return all;
}

// ---- What is typed

void RecipePage::changed() {
    replace_->show(Shown::No);
    keep();
    house_.take_recipe(form_.typed());
    mark_model();
    look_at_folder();
    say_where_it_stands();
}

// Another page changed the recipe, by a button that was pressed there.
void RecipePage::follow() {
    if (house_.recipe.texts() == form_.typed().texts()) return;
    form_.write(house_.recipe.texts());
    say_where_it_stands();
}

void RecipePage::keep() const {
    house_.recipe_page[std::string(kOpen)] = form_.is_open() ? "true" : "false";
    house_.recipe_page[std::string(kFile)] = file_->value();
    house_.keep_recipe();
}

void RecipePage::say_where_it_stands() {
    const auto summary = form_.summary();
    if (summary.empty())
        say(Mood::Done, "The recipe is complete.");
    else
        say(Mood::Look, summary);
}

// ---- Models and pictures

void RecipePage::look_for_models() {
    shelf_errand_.start(
        [this](base::Cancel& cancel) -> Errand::Answer {
            const auto shelf = house_.shelf.look(studio::ModelShelf::usual_folders(house_.folder), cancel);
            return [this, shelf] { show_models(shelf); };
        },
        [this](const base::Error& error) { log(error.what()); });
}

void RecipePage::show_models(const studio::Shelf& shelf) {
    found_ = shelf.bases;
    std::vector<std::string> names;
    for (const auto& model : found_) names.push_back(model.name);
    models_->set_options(names, -1);
    models_->show(names.empty() ? Shown::No : Shown::Yes);
    mark_model();
    for (const auto& reject : shelf.rejects)
        log(fmt::format("{} cannot be used: {} {}", reject.file.string(), reject.reason, reject.hint));
}

void RecipePage::choose_model() {
    const auto index = models_->index();
    if (index < 0 || index >= static_cast<int>(found_.size())) return;
    form_.type(kModel, found_[static_cast<std::size_t>(index)].choose);
}

void RecipePage::mark_model() {
    const auto typed = form_.typed().text(kModel);
    const auto at =
        std::find_if(found_.begin(), found_.end(), [&](const auto& model) { return model.choose == typed; });
    models_->write(at == found_.end() ? -1 : static_cast<int>(at - found_.begin()));
    models_note_->write(at == found_.end() ? "" : escape(at->sentence));
}

void RecipePage::look_at_folder() {
    const auto typed = form_.typed().text(kFolder);
    if (typed == folder_looked_at_) return;
    folder_looked_at_ = typed;
    if (typed.empty()) {
        folder_errand_.stop();
        pictures_->write("");
        return;
    }
    const auto extensions = form_.typed().job().data.caption_extensions;
    folder_errand_.start(
        [this, typed, extensions](base::Cancel& cancel) -> Errand::Answer {
            const auto look = studio::look_at_pictures(house_.folder / typed, extensions, cancel);
            return [this, look] { show_pictures(look); };
        },
        [this](const base::Error& error) { pictures_->write(escape(error.what())); });
}

void RecipePage::show_pictures(const studio::PictureLook& look) {
    const bool fine = look.trouble.empty();
    auto html = fmt::format("<div class=\"{}\" role=\"status\"><span aria-hidden=\"true\">{}</span> {}</div>",
                            fine ? "lk-needed" : "lk-wrong", fine ? "\u2713" : "\u26a0",
                            escape(fine ? look.sentence : look.trouble));
    if (!look.hint.empty()) html += escape(look.hint);
    if (!look.left_out.empty())
        html += fmt::format("<br>{} left out: {}", look.left_out.size(),
                            escape(base::to_text({look.left_out[0]})));
    pictures_->write(html);
}

// ---- The file

base::Path RecipePage::file() const {
    const auto typed = std::string(base::trim(file_->value()));
    return house_.folder / (typed.empty() ? std::string(kUsualFile) : typed);
}

void RecipePage::load() {
    say(Mood::Busy, "Reading the file.");
    file_errand_.start(
        [this, path = file()](base::Cancel&) -> Errand::Answer {
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
            fmt::format(
                "Nothing was taken: {} in the file.",
                mistakes == 1 ? "there is a mistake" : fmt::format("there are {} mistakes", mistakes)),
            base::to_text({*first}));
        return;
    }
    before_ = form_.typed().texts();
    form_.write(reading.job);
    changed();
    back_->show(Shown::Yes);
    if (form_.summary().empty()) say(Mood::Done, "The settings of the file stand in the fields.");
}

void RecipePage::bring_back() {
    form_.write(before_);
    back_->show(Shown::No);
    changed();
}

void RecipePage::save() {
    if (!form_.summary().empty()) {
        say(Mood::Look, form_.summary(), "Nothing was written; all of it is kept as you typed it.");
        return;
    }
    const bool may_replace = replace_->shown() && replace_->value();
    say(Mood::Busy, "Saving.");
    file_errand_.start(
        [this, path = file(), job = form_.typed().job(), may_replace](base::Cancel&) -> Errand::Answer {
            const bool there = base::is_there(path);
            const auto earlier = there ? base::read_text(path) : std::string();
            const auto patched = there ? settings::patch_job(earlier, job)
                                       : settings::Patched{settings::write_job(job), {}};
            if (there && !may_replace && patched.text != earlier)
                return [this, path] {
                    replace_->write(false);
                    replace_->show(Shown::Yes);
                    say(Mood::Look, fmt::format("{} is there already, with other settings.", path.string()),
                        "Tick that it may change and press again, or name another file.");
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
