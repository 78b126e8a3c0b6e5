#include "widgets/test_page.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "studio/picture_shelf.hpp"
#include "widgets/strengths.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using namespace std::chrono_literals;
using studio::PaintState;
using Classes = std::vector<std::string>;

namespace {

constexpr auto kPause = 250ms;
constexpr std::int64_t kShown_px = 512;
constexpr std::string_view kPrompt = "sample.prompts.0.";
// What the page itself keeps beside the settings.
constexpr std::string_view kLora = "page.lora", kNewest = "page.newest", kStrengths = "page.strengths",
                           kTestFolder = "page.folder";

std::vector<std::string> asked_for() {
    return {"model.checkpoint",      "sample.prompts.0.text", "sample.prompts.0.negative",
            "sample.prompts.0.seed", "sample.steps",          "sample.cfg",
            "sample.size",           "sample.sampler"};
}

std::string typed_or(const studio::Typed& typed, std::string_view key, std::string_view otherwise) {
    const auto at = typed.find(key);
    return at == typed.end() ? std::string(otherwise) : at->second;
}

int index_of(const std::vector<studio::ShelfModel>& models, const std::string& choose) {
    const auto at =
        std::find_if(models.begin(), models.end(), [&](const auto& model) { return model.choose == choose; });
    return at == models.end() ? -1 : static_cast<int>(at - models.begin());
}

std::vector<std::string> names_of(const std::vector<studio::ShelfModel>& models) {
    std::vector<std::string> names;
    for (const auto& model : models) names.push_back(model.name);
    return names;
}

std::vector<std::string> small_pictures(const std::vector<studio::PaintedPicture>& pictures,
                                        std::size_t from) {
    std::vector<std::string> pngs;
    for (auto i = from; i < pictures.size(); ++i) {
        try {
            pngs.push_back(studio::small_png(pictures[i].file, kShown_px));
        } catch (const base::Error&) {
            pngs.emplace_back();
        }
    }
    return pngs;
}

}  // namespace

TestPage::TestPage(House& house)
    : Page(house),
      form_(house.looks, asked_for(), Form::Rest::LeftOut),
      files_errand_(house.loop()),
      paint_errand_(house.loop()) {
    Parts parts;
    parts.fields.push_back(form_.take_lead(std::string(kPrompt) + "text"));
    for (auto& control : lora_controls()) parts.fields.push_back(std::move(control));
    Children more, group;
    more.push_back(form_.take_lead(std::string(kPrompt) + "negative"));
    models_ = &put<Dropdown>(group, looks_,
                             Saying{"Models found here", {}, {"lk-input", "lk-wide", "lk-hidden"}},
                             std::vector<std::string>{});
    models_->on_change = [this] { choose_model(); };
    group.push_back(form_.take_lead("model.checkpoint"));
    put<Box>(more, looks_, Box::Way::Down, std::move(group), Classes{"lk-group"});
    Children numbers;
    for (const auto* path :
         {"sample.prompts.0.seed", "sample.steps", "sample.cfg", "sample.size", "sample.sampler"})
        numbers.push_back(form_.take_lead(path));
    put<Box>(more, looks_, Box::Way::Grid, std::move(numbers), Classes{"lk-columns"});
    folder_ = &put<Text>(more, looks_, Saying{"Save images in", {}, {"lk-input", "lk-wide"}});
    folder_->on_change = [this] { changed(); };
    more_ = &put<Fold>(parts.fields, looks_, "More settings", std::move(more));
    cancel_ = &put<Button>(parts.beside, looks_, Saying{"Cancel", "Finished images stay", {}}, "stop",
                           [this] { cancel(); });
    cancel_->enable(Enabled::No);
    bar_ = &put<Progress>(parts.below, looks_, Saying{"", "Progress", {"lk-bar", "lk-hidden"}});
    pictures_ = &put<Box>(parts.below, looks_, Box::Way::Grid, Children{}, Classes{"lk-pictures"});
    assemble({"Test", "Generate with your LoRA, at one strength or several side by side.", "Generate",
              "picture-o", "Next: change the <code>recipe</code>, or use the LoRA elsewhere."},
             std::move(parts), [this] { paint(); });
    restore();
    form_.on_change = [this] { changed(); };
    house_.runs_changed.emplace_back([this] { look_for_files(); });
    say_where_it_stands();
}

Children TestPage::lora_controls() {
    Children all, choice, strength;
    lora_ =
        &put<Dropdown>(choice, looks_,
                       Saying{"LoRAs found here, the newest first", {}, {"lk-input", "lk-wide", "lk-hidden"}},
                       std::vector<std::string>{});
    lora_->on_change = [this] { choose_lora(); };
    lora_file_ = &put<Text>(choice, looks_, Saying{"LoRA", {}, {"lk-input", "lk-wide"}}, "without a LoRA");
    lora_file_->on_change = [this] { changed(); };
    lora_note_ = &put<Html>(choice, looks_, "", Classes{"lk-note"});
    put<Box>(all, looks_, Box::Way::Down, std::move(choice), Classes{"lk-group"});
    strengths_ = &put<Text>(strength, looks_, Saying{"Strengths", {}, {"lk-input", "lk-narrow"}});
    strengths_->on_change = [this] { changed(); };
    strengths_note_ = &put<Html>(strength, looks_, "", Classes{"lk-note"});
    strengths_box_ = &put<Box>(all, looks_, Box::Way::Down, std::move(strength), Classes{"lk-field"});
    return all;
}

// ---- What is typed

void TestPage::restore() {
    const auto typed = house_.drafts.read("test").typed;
    Texts texts = typed;
    if (!texts.contains("model.checkpoint"))
        texts["model.checkpoint"] = house_.recipe.text("model.checkpoint");
    form_.write(texts);
    if (form_.typed().text("model.checkpoint").empty()) more_->open(Shown::Yes);  // nothing works without
    lora_file_->write(typed_or(typed, kLora, ""));
    newest_ = typed_or(typed, kNewest, "");
    strengths_->write(typed_or(typed, kStrengths, "1"));
    // "pictures" was the folder here once; it is the one for the images to train on.
    const auto folder = typed_or(typed, kTestFolder, std::string(studio::kSamplesFolder));
    folder_->write(folder == "pictures" ? std::string(studio::kSamplesFolder) : folder);
}

void TestPage::changed() {
    keep();
    mark_choices();
    if (painting_ == nullptr) say_where_it_stands();
}

void TestPage::keep() const {
    auto typed = form_.typed().kept();
    typed["model.checkpoint"] = form_.typed().text("model.checkpoint");
    typed[std::string(kLora)] = lora_file_->value();
    typed[std::string(kNewest)] = newest_;
    typed[std::string(kStrengths)] = strengths_->value();
    typed[std::string(kTestFolder)] = folder_->value();
    house_.keeper.keep("test", typed);
}

std::string TestPage::strengths_trouble() const {
    const auto strengths = strengths_from(strengths_->value());
    if (!strengths)
        return fmt::format(
            "Write numbers from \u221210 to 10, at most {}, with a comma and a blank between: 0, 0.5, 1",
            kMostStrengths);
    const bool as_it_is = *strengths == std::vector<double>{1};
    if (base::trim(lora_file_->value()).empty() && !as_it_is)
        return "Strengths need a LoRA. Choose one above, or write 1.";
    return {};
}

std::string TestPage::why_not() const {
    if (const auto summary = form_.summary(); !summary.empty()) return summary;
    const auto out = (house_.folder / std::string(base::trim(folder_->value()))).lexically_normal();
    for (const auto& subset : house_.recipe.job().data.subsets)
        if ((house_.folder / subset.folder).lexically_normal() == out)
            return "That folder holds the training images. Choose another one under \"Save images in\".";
    return strengths_trouble();
}

void TestPage::say_where_it_stands() {
    const auto trouble = strengths_trouble();
    strengths_note_->write(
        trouble.empty()
            ? std::string("1 is as trained, 0 is without. 0, 0.5, 1 compares three, with the same seed.")
            : fmt::format("<div class=\"lk-wrong\"><span aria-hidden=\"true\">\u26a0</span> {}</div>",
                          escape(trouble)));
    strengths_box_->mark("lk-has-trouble", !trouble.empty());
    const auto reason = why_not();
    if (reason.empty())
        say(Mood::Ready, "Ready to generate.");
    else
        say(Mood::Look, reason);
}

// ---- Files found

void TestPage::look_for_files() {
    files_errand_.start(
        [this](base::Cancel& cancel) -> Errand::Answer {
            const auto shelf = house_.shelf.look(studio::ModelShelf::usual_folders(house_.folder), cancel);
            return [this, shelf] { show_files(shelf); };
        },
        [this](const base::Error& error) { log(error.what()); });
}

void TestPage::show_files(const studio::Shelf& shelf) {
    bases_ = shelf.bases;
    loras_ = shelf.loras;
    models_->set_options(names_of(bases_), -1);
    models_->show(bases_.empty() ? Shown::No : Shown::Yes);
    lora_->set_options(names_of(loras_), -1);
    lora_->show(loras_.empty() ? Shown::No : Shown::Yes);
    choose_newest();
    mark_choices();
}

// A LoRA that was not there before is what a person comes here to try.
void TestPage::choose_newest() {
    if (loras_.empty() || loras_.front().choose == newest_ || painting_ != nullptr) return;
    newest_ = loras_.front().choose;
    lora_file_->write(newest_);
    changed();
}

void TestPage::mark_choices() {
    models_->write(index_of(bases_, form_.typed().text("model.checkpoint")));
    const auto index = index_of(loras_, lora_file_->value());
    lora_->write(index);
    const auto* none_yet = "No LoRA here yet. Train one, and it appears here.";
    if (loras_.empty())
        lora_note_->write(none_yet);
    else
        lora_note_->write(index < 0 ? "" : escape(loras_[static_cast<std::size_t>(index)].sentence));
}

void TestPage::choose_model() {
    const auto index = models_->index();
    if (index >= 0 && index < static_cast<int>(bases_.size()))
        form_.type("model.checkpoint", bases_[static_cast<std::size_t>(index)].choose);
}

void TestPage::choose_lora() {
    const auto index = lora_->index();
    if (index < 0 || index >= static_cast<int>(loras_.size())) return;
    lora_file_->write(loras_[static_cast<std::size_t>(index)].choose);
    changed();
}

// ---- Painting

studio::SampleRequest TestPage::request() const {
    const auto& job = form_.typed().job();
    const auto& prompt = job.sample.prompts.front();
    studio::SampleRequest request;
    request.model = job.model.checkpoint;
    request.prompt = prompt.text;
    request.negative = prompt.negative;
    request.seed = static_cast<std::uint64_t>(prompt.seed);
    request.steps = job.sample.steps;
    request.cfg = job.sample.cfg;
    request.sampler = job.sample.sampler;
    if (!job.sample.size.empty()) {
        request.width_px = job.sample.size.front();
        request.height_px = job.sample.size.back();
    }
    if (const std::string file(base::trim(lora_file_->value())); !file.empty()) {
        request.loras.push_back({base::Path(file), 1});
        request.strengths = *strengths_from(strengths_->value());
    }
    request.out = house_.folder / std::string(base::trim(folder_->value()));
    return request;
}

void TestPage::paint() {
    if (const auto reason = why_not(); !reason.empty()) return say(Mood::Look, reason);
    say(Mood::Busy, "Starting.");
    main().enable(Enabled::No);
    cancel_->enable(Enabled::Yes);
    pictures_->set_children({});
    painted_.clear();
    asked_to_stop_ = false;
    bar_->tell(0, 1);
    bar_->show(Shown::Yes);
    paint_errand_.start(
        [this, request = request(), folder = house_.folder](base::Cancel&) -> Errand::Answer {
            auto painting =
                std::make_shared<studio::Painting>(studio::Painting::start(request, {folder, {}}));
            return [this, painting] {
                painting_ = painting;
                timer_ = house_.loop().every(kPause, [this] { look(); });
            };
        },
        [this](const base::Error& error) {
            over();
            say(error);
        });
}

void TestPage::look() {
    if (painting_ == nullptr || paint_errand_.busy()) return;
    paint_errand_.start(
        [this, painting = painting_, stop = asked_to_stop_,
         from = painted_.size()](base::Cancel&) -> Errand::Answer {
            if (stop) painting->cancel();
            painting->poll();
            const auto view = painting->view();
            const auto pngs = small_pictures(view.done, from);
            return [this, view, pngs] { take(view, pngs); };
        },
        [this](const base::Error& error) {
            over();
            say(error);
        });
}

void TestPage::take(const studio::PaintView& view, const std::vector<std::string>& pngs) {
    for (const auto& png : pngs) show_picture(view.done[painted_.size()], png);
    bar_->tell(view.picture * view.steps + view.step, std::max<std::int64_t>(1, view.pictures * view.steps));
    switch (view.state) {
        case PaintState::Loading:
            if (asked_to_stop_) return;
            return say(Mood::Busy, "Loading the model.");
        case PaintState::Painting:
            if (asked_to_stop_) return;  // what was said stands until it is so
            return say(Mood::Busy, fmt::format("Generating image {} of {}, step {} of {}.", view.picture + 1,
                                               view.pictures, view.step, view.steps));
        case PaintState::Done:
            over();
            return say(Mood::Done,
                       painted_.empty()
                           ? std::string("Done.")
                           : fmt::format("{} saved in {}.",
                                         painted_.size() == 1 ? "One image"
                                                              : fmt::format("{} images", painted_.size()),
                                         painted_.front().file.parent_path().string()));
        case PaintState::Cancelled:
            over();
            return say(Mood::Look, fmt::format("Cancelled. {} saved.", painted_.size()));
        case PaintState::Failed:
            over();
            log(view.said);
            return say(Mood::Wrong, view.cause, view.hint);
    }
}

void TestPage::show_picture(const studio::PaintedPicture& picture, const std::string& png) {
    painted_.push_back(picture);
    const bool with = !base::trim(lora_file_->value()).empty();
    const auto words = with ? fmt::format("Strength {:g}, seed {}", picture.strength, picture.seed)
                            : fmt::format("Seed {}", picture.seed);
    Children card;
    if (!png.empty()) put<Picture>(card, looks_).write(png);
    put<Html>(card, looks_, fmt::format("{}<br>{}", escape(words), escape(picture.file.filename().string())),
              Classes{"lk-note"});
    pictures_->append(std::make_unique<Box>(looks_, Box::Way::Down, std::move(card), Classes{"lk-card"}));
}

void TestPage::over() {
    timer_.reset();
    painting_.reset();
    main().enable(Enabled::Yes);
    cancel_->enable(Enabled::No);
    bar_->show(Shown::No);
}

void TestPage::cancel() {
    asked_to_stop_ = true;
    cancel_->enable(Enabled::No);
    say(Mood::Busy, "Cancelling after this step.");
}

}  // namespace lorikeet::widgets
