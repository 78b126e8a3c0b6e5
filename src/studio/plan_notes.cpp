#include "studio/plan_notes.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "settings/chosen.hpp"
#include "studio/practice_images.hpp"
#include "train/memory_plan.hpp"
#include "train/recipe.hpp"

namespace lorikeet::studio {

namespace {

// A comma that slipped is easily typed, and nothing else tells of it before the LoRA is noise.
void add_odd_rate(std::vector<std::string>& notes, std::string_view path, std::optional<double> rate,
                  double highest) {
    constexpr double kLeast = 1e-9;
    if (rate && *rate < kLeast)
        notes.push_back(fmt::format("{} is {:g}: nothing is learned at that rate.", path, *rate));
    if (rate && *rate > highest)
        notes.push_back(fmt::format(
            "{} is {:g}; usual rates are 1e-5 to 2e-3. The LoRA will most likely be noise.", path, *rate));
}

}  // namespace

std::vector<std::string> notes_on_odd_rates(const settings::Job& job) {
    const auto highest = train::highest_usual_rate(job.optim.rule);
    std::vector<std::string> notes;
    if (job.adapter.train_unet || !job.optim.text_lr) add_odd_rate(notes, "optim.lr", job.optim.lr, highest);
    if (job.adapter.train_text) add_odd_rate(notes, "optim.text_lr", job.optim.text_lr, highest);
    return notes;
}

std::vector<std::string> notes_on_rates(const settings::Job& job) {
    const settings::Optim usual;  // a rate that nobody set is no news
    const auto& optim = job.optim;
    if (!job.adapter.train_text && optim.text_lr && optim.text_lr != usual.text_lr)
        return {
            fmt::format("optim.text_lr = {:g} does nothing: the text encoder is not trained "
                        "(adapter.train_text).",
                        *optim.text_lr)};
    if (!job.adapter.train_unet && optim.text_lr && optim.lr && optim.lr != usual.lr)
        return {
            fmt::format("optim.lr = {:g} does nothing: the U-Net is not trained (adapter.train_unet), and "
                        "the text encoder has optim.text_lr.",
                        *optim.lr)};
    return {};
}

std::vector<std::string> notes_on_batch(const settings::Job& job, const RunLength& length) {
    const auto batch = job.data.batch.value_or(0);  // one that was chosen is nobody's news
    if (length.images_per_epoch < 1 || batch <= length.images_per_epoch) return {};
    return {fmt::format("data.batch is {}, and an epoch has {}: no step trains on more.", batch,
                        base::counted(length.images_per_epoch, "image"))};
}

// Twice or half the size that a model was made for costs much and gives little.
std::optional<SizeNote> note_on_size(const std::vector<std::int64_t>& resolution, std::int64_t native_px) {
    if (resolution.empty()) return std::nullopt;  // the model's own is taken
    const auto [small, large] = std::minmax(resolution.front(), resolution.back());
    if (large < 2 * native_px && 2 * small > native_px) return std::nullopt;
    // As many pixels as the model was made for, in the shape that was asked for.
    const auto shorter = static_cast<double>(native_px) *
                         std::sqrt(static_cast<double>(small) / static_cast<double>(large));
    const auto advised =
        train::same_shape(resolution, std::max<std::int64_t>(64, std::llround(shorter / 64) * 64));
    const auto now = small == large ? fmt::format("{}", small)
                                    : fmt::format("{}, {}", resolution.front(), resolution.back());
    if (advised == now)  // the shape itself is what is far from it
        return SizeNote{fmt::format("The model was made for squares of {} pixels, and data.resolution is {}. "
                                    "Choose sides that are nearer to each other, unless you know why.",
                                    native_px, now),
                        std::nullopt};
    return SizeNote{fmt::format("The model was made for {} pixels, and data.resolution is {}. Set it to {}, "
                                "unless you know why.",
                                native_px, now, advised),
                    settings::Assignment{"data.resolution", advised}};
}

std::vector<std::string> notes_on_views(const settings::Job& job, const RunLength& length) {
    constexpr std::int64_t kMost = 1000;
    if (length.images < 1 || length.images_per_epoch < 1) return {};
    const auto batch = std::min(settings::chosen(job.data.batch), length.images_per_epoch);
    const auto views = length.training.total_steps * length.training.accumulate * batch / length.images;
    if (views <= kMost) return {};
    return {fmt::format(
        "{} is seen about {} times. The LoRA will most likely repeat {} and know little "
        "else. Add images, or train for fewer steps (train.steps).",
        length.images == 1 ? "The only image" : "Each image", views, length.images == 1 ? "it" : "them")};
}

TriggerNote note_on_trigger(const settings::Job& job, std::int64_t images, std::int64_t captions_missing) {
    const auto& subsets = job.data.subsets;
    const bool has_trigger = std::any_of(subsets.begin(), subsets.end(), [](const auto& subset) {
        return !base::trim(subset.trigger).empty();
    });
    if (has_trigger || images < 1) return {};
    if (captions_missing >= images)
        return {
            "No image has a caption, and there is no trigger: no word will call up what is learned. Set a "
            "trigger (data.subsets[0].trigger).",
            true};
    return {"There is no trigger: the words of the captions call up what is learned.", false};
}

std::vector<std::string> notes_on_length(const settings::Job& job, const RunLength& length) {
    const auto& training = length.training;
    if (training.total_steps < 1 || training.total_steps >= training.steps_per_epoch) return {};
    const auto reached = training.total_steps * training.accumulate * settings::chosen(job.data.batch);
    const auto missed = std::max<std::int64_t>(1, length.images_per_epoch - reached);
    return {
        fmt::format("Training ends before its first epoch does: {} of {} {} never reached. To reach all, set "
                    "train.steps = {}, or train.epochs = 1.",
                    missed, base::counted(length.images_per_epoch, "image"), missed == 1 ? "is" : "are",
                    training.steps_per_epoch)};
}

std::string note_on_practice_model(const settings::Job& job, const base::Path& working_folder) {
    const auto& subsets = job.data.subsets;
    const bool own = std::any_of(subsets.begin(), subsets.end(), [&](const auto& subset) {
        const auto typed = base::clean_typed_path(subset.folder);
        return !typed.empty() && !are_practice_images(working_folder / typed);
    });
    if (job.model.checkpoint != "tiny" || !own) return {};
    return "The practice model, tiny, cannot draw your own subject. Choose another (model.checkpoint).";
}

SettingsNotes notes_on_settings(const settings::Job& wanted, const settings::Job& chosen,
                                const RunLength& length, std::int64_t captions_missing) {
    SettingsNotes told;
    if (auto note = note_on_practice_model(chosen); !note.empty()) told.warnings.push_back(std::move(note));
    for (const auto& warnings : {notes_on_odd_rates(chosen), notes_on_views(chosen, length)})
        told.warnings.insert(told.warnings.end(), warnings.begin(), warnings.end());
    for (const auto& notes :
         {notes_on_rates(wanted), notes_on_batch(wanted, length), notes_on_length(chosen, length)})
        told.notes.insert(told.notes.end(), notes.begin(), notes.end());
    if (auto note = note_on_trigger(chosen, length.images, captions_missing); !note.text.empty())
        (note.warns ? told.warnings : told.notes).push_back(std::move(note.text));
    return told;
}

}  // namespace lorikeet::studio
