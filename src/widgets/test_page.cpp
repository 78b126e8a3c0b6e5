#include "widgets/test_page.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "base/text.hpp"
#include "studio/lora_prompt.hpp"
#include "widgets/strengths.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using namespace std::chrono_literals;
using studio::SampleState;
using Classes = std::vector<std::string>;

namespace {

constexpr auto kPause = 250ms;
constexpr std::string_view kPrompt = "sample.prompts.0.";
// What the page itself keeps beside the settings.
constexpr std::string_view kStrengths = "page.strengths", kTestFolder = "page.folder";

std::vector<std::string> asked_for() {
    return {"model.checkpoint",      "sample.prompts.0.text", "sample.prompts.0.negative",
            "sample.prompts.0.seed", "sample.steps",          "sample.cfg",
            "sample.size",           "sample.sampler"};
}

std::string typed_or(const studio::Typed& typed, std::string_view key, std::string_view otherwise) {
    const auto at = typed.find(key);
    return at == typed.end() ? std::string(otherwise) : at->second;
}

int index_of(const std::vector<studio::ListedModel>& models, const std::string& choose) {
    const auto at =
        std::find_if(models.begin(), models.end(), [&](const auto& model) { return model.choose == choose; });
    return at == models.end() ? -1 : static_cast<int>(at - models.begin());
}

std::vector<std::string> names_of(const std::vector<studio::ListedModel>& models) {
    std::vector<std::string> names;
    for (const auto& model : models) names.push_back(model.name);
    return names;
}

std::vector<std::string> small_images(const std::vector<studio::GeneratedImage>& images, std::size_t from) {
    std::vector<std::string> pngs;
    for (auto i = from; i < images.size(); ++i) pngs.push_back(small_test_image(images[i].file));
    return pngs;
}

}  // namespace

TestPage::TestPage(PageContext& context)
    : Page(context),
      form_(context.styles, asked_for(), Form::Rest::LeftOut),
      lora_(context.styles),
      images_(context.styles),
      files_task_(context.loop()),
      sample_task_(context.loop()) {
    Parts parts;
    parts.fields.push_back(form_.take_lead(std::string(kPrompt) + "text"));
    for (auto& control : lora_controls()) parts.fields.push_back(std::move(control));
    more_ = &put<Fold>(parts.fields, styles_, "More settings", more_controls());
    cancel_ = &put<Button>(parts.beside, styles_, ControlText{"Cancel", "Finished images stay", {}}, "stop",
                           [this] { cancel(); });
    cancel_->enable(Enabled::No);
    bar_ = &put<Progress>(parts.below, styles_, ControlText{"", "Progress", {"lk-bar", "lk-hidden"}});
    parts.below.push_back(images_.take_control());
    assemble({"Test", "Generate with your LoRA, at several strengths side by side.", "Generate", "picture-o",
              "Next: change the <code>recipe</code>."},
             std::move(parts), [this] { generate(); });
    restore();
    form_.on_change = [this] { changed(); };
    context_.runs_changed.emplace_back([this] { look_for_files(); });
    say_where_it_stands();
}

Children TestPage::lora_controls() {
    Children all, strength;
    all.push_back(lora_.take_control());
    lora_.on_change = [this] {
        fill_prompt({});
        changed();
    };
    strengths_ = &put<Text>(strength, styles_, ControlText{"Strengths", {}, {"lk-input", "lk-narrow"}});
    strengths_->on_change = [this] { changed(); };
    strengths_note_ = &put<Html>(strength, styles_, "", Classes{"lk-note"});
    strengths_box_ = &put<Box>(all, styles_, Box::Way::Down, std::move(strength), Classes{"lk-field"});
    return all;
}

Children TestPage::more_controls() {
    Children more, group;
    more.push_back(form_.take_lead(std::string(kPrompt) + "negative"));
    models_ = &put<Dropdown>(group, styles_,
                             ControlText{"Models found here", {}, {"lk-input", "lk-wide", "lk-hidden"}},
                             std::vector<std::string>{});
    models_->on_change = [this] { choose_model(); };
    group.push_back(form_.take_lead("model.checkpoint"));
    put<Box>(more, styles_, Box::Way::Down, std::move(group), Classes{"lk-group"});
    Children numbers;
    for (const auto* path :
         {"sample.prompts.0.seed", "sample.steps", "sample.cfg", "sample.size", "sample.sampler"})
        numbers.push_back(form_.take_lead(path));
    put<Box>(more, styles_, Box::Way::Grid, std::move(numbers), Classes{"lk-columns"});
    folder_ = &put<Text>(more, styles_, ControlText{"Save images in", {}, {"lk-input", "lk-wide"}});
    folder_->on_change = [this] { changed(); };
    return more;
}

// ---- What is typed

void TestPage::restore() {
    const auto typed = context_.drafts.read("test").typed;
    Texts texts = typed;
    if (!texts.contains("model.checkpoint"))
        texts["model.checkpoint"] = context_.recipe.text("model.checkpoint");
    const auto prompt = std::string(kPrompt) + "text";
    if (!texts.contains(prompt)) texts[prompt] = context_.recipe.text("data.subsets.0.trigger");
    form_.write(texts);
    if (form_.typed().text("model.checkpoint").empty()) more_->open(Shown::Yes);  // nothing works without
    lora_.restore(typed);
    images_.restore(typed);
    strengths_->write(typed_or(typed, kStrengths, "1"));
    // "pictures" was the folder here once; it is the one for the images to train on.
    const auto folder = typed_or(typed, kTestFolder, std::string(studio::kSamplesFolder));
    folder_->write(folder == "pictures" ? std::string(studio::kSamplesFolder) : folder);
}

void TestPage::changed() {
    keep();
    mark_model();
    if (sampling_ == nullptr) say_where_it_stands();
}

void TestPage::keep() const {
    auto typed = form_.typed().kept();
    typed["model.checkpoint"] = form_.typed().text("model.checkpoint");
    lora_.keep(typed);
    images_.keep(typed);
    typed[std::string(kStrengths)] = strengths_->value();
    typed[std::string(kTestFolder)] = folder_->value();
    context_.saver.keep("test", typed);
}

std::string TestPage::strengths_trouble() const {
    if (auto trouble = trouble_with_strengths(strengths_->value()); !trouble.empty()) return trouble;
    const bool as_it_is = *strengths_from(strengths_->value()) == std::vector<double>{1};
    if (lora_.file().empty() && !as_it_is) return "Strengths need a LoRA. Choose one above, or write 1.";
    return {};
}

std::string TestPage::why_not() const {
    if (const auto summary = form_.summary(); !summary.empty()) return summary;
    const auto out = (context_.folder / std::string(base::trim(folder_->value()))).lexically_normal();
    for (const auto& subset : context_.recipe.job().data.subsets)
        if ((context_.folder / subset.folder).lexically_normal() == out)
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
        say(Mood::Ready, "Ready to generate.",
            base::is_visible(form_.typed().text(std::string(kPrompt) + "text"))
                ? ""
                : "The prompt is empty: nothing calls up what was learned.");
    else
        say(Mood::Look, reason);
}

// ---- Files found

void TestPage::look_for_files() {
    files_task_.start(
        [this](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto found_models =
                context_.found_models.look(studio::ModelScanner::usual_folders(context_.folder), cancel);
            const auto prompt =
                found_models.loras.empty()
                    ? std::string()
                    : studio::prompt_for_lora(found_models.loras.front().choose, context_.folder);
            return [this, found_models, prompt] { show_files(found_models, prompt); };
        },
        [this](const base::Error& error) { log(error.what()); });
}

// `prompt` is what the newest LoRA is called up by.
void TestPage::show_files(const studio::ModelList& found_models, const std::string& prompt) {
    bases_ = found_models.bases;
    models_->set_options(names_of(bases_), -1);
    models_->show(bases_.empty() ? Shown::No : Shown::Yes);
    lora_.hold(sampling_ != nullptr);
    if (lora_.show(found_models.loras)) {
        fill_prompt(prompt);
        changed();
    }
    mark_model();
}

// An empty prompt would not show what was learned, and the trigger alone rarely does. What the person wrote stays.
void TestPage::fill_prompt(const std::string& otherwise) {
    const auto path = std::string(kPrompt) + "text";
    const auto now = form_.typed().text(path);
    const bool is_trigger = now == lora_.trigger() || now == context_.recipe.text("data.subsets.0.trigger");
    if (base::is_visible(now) && !is_trigger) return;
    if (const auto text = otherwise.empty() ? lora_.trigger() : otherwise; !text.empty())
        form_.type(path, text);
}

void TestPage::mark_model() { models_->write(index_of(bases_, form_.typed().text("model.checkpoint"))); }

void TestPage::choose_model() {
    const auto index = models_->index();
    if (index >= 0 && index < static_cast<int>(bases_.size()))
        form_.type("model.checkpoint", bases_[static_cast<std::size_t>(index)].choose);
}

// ---- sampling

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
    if (const auto file = lora_.file(); !file.empty()) {
        request.loras.push_back({base::Path(file), 1});
        request.strengths = *strengths_from(strengths_->value());
    }
    request.out = context_.folder / std::string(base::trim(folder_->value()));
    return request;
}

void TestPage::generate() {
    if (const auto reason = why_not(); !reason.empty()) {
        say(Mood::Look, reason);
        return lead_to_trouble();
    }
    say(Mood::Busy, "Starting.");
    main().enable(Enabled::No);
    cancel_->enable(Enabled::Yes);
    images_.begin();
    lora_asked_ = lora_.name();
    generated_.clear();
    asked_to_stop_ = false;
    bar_->tell(0, 1);
    bar_->show(Shown::Yes);
    sample_task_.start(
        [this, request = request(), folder = context_.folder](base::Cancel&) -> BackgroundTask::Answer {
            auto sampling =
                std::make_shared<studio::SampleProcess>(studio::SampleProcess::start(request, {folder, {}}));
            return [this, sampling] {
                sampling_ = sampling;
                timer_ = context_.loop().every(kPause, [this] { look(); });
            };
        },
        [this](const base::Error& error) {
            over();
            say(error);
        });
}

void TestPage::look() {
    if (sampling_ == nullptr || sample_task_.busy()) return;
    sample_task_.start(
        [this, sampling = sampling_, stop = asked_to_stop_,
         from = generated_.size()](base::Cancel&) -> BackgroundTask::Answer {
            if (stop) sampling->cancel();
            sampling->poll();
            const auto view = sampling->view();
            const auto pngs = small_images(view.done, from);
            return [this, view, pngs] { take(view, pngs); };
        },
        [this](const base::Error& error) {
            over();
            say(error);
        });
}

void TestPage::take(const studio::SampleView& view, const std::vector<std::string>& pngs) {
    for (const auto& png : pngs) show_image(view.done[generated_.size()], png);
    bar_->tell(view.image * view.steps + view.step, std::max<std::int64_t>(1, view.images * view.steps));
    switch (view.state) {
        case SampleState::Loading:
            if (asked_to_stop_) return;
            return say(Mood::Busy, "Loading the model.");
        case SampleState::Sampling:
            if (asked_to_stop_) return;  // what was said stands until it is so
            return say(Mood::Busy, fmt::format("Generating image {} of {}, step {} of {}.", view.image + 1,
                                               view.images, view.step, view.steps));
        case SampleState::Done:
        case SampleState::Cancelled: over(); return say_done(view);
        case SampleState::Failed:
            over();
            log(view.said);
            return say(Mood::Wrong, view.cause, view.hint);
    }
}

void TestPage::say_done(const studio::SampleView& view) {
    const bool cancelled = view.state == SampleState::Cancelled;
    const auto count = generated_.size();
    std::string saved;
    if (count > 0)
        saved = fmt::format("{} saved in {}.", count == 1 ? "One image" : fmt::format("{} images", count),
                            generated_.front().file.parent_path().string());
    else
        saved = cancelled ? "Nothing new was saved." : "Done.";
    say(cancelled ? Mood::Look : Mood::Done, cancelled ? "Cancelled. " + saved : saved,
        base::join(view.notes, " "));
}

// The LoRA is that which was asked for; the field may hold another by now.
void TestPage::show_image(const studio::GeneratedImage& image, const std::string& png) {
    generated_.push_back(image);
    const auto words = lora_asked_.empty() ? fmt::format("Without a LoRA, seed {}", image.seed)
                                           : fmt::format("{}, strength {:g}, seed {}", lora_asked_,
                                                         image.strength, image.seed);
    images_.add(image.file, words, png);
    keep();
}

void TestPage::over() {
    timer_.reset();
    sampling_.reset();
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
