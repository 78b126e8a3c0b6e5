#include "train/run_phases.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "base/error.hpp"
#include "data/draw_plan.hpp"
#include "train/preview.hpp"
#include "train/run_samples.hpp"
#include "train/trainees.hpp"
#include "train/training_length.hpp"
#include "train/validation_loss.hpp"

namespace lorikeet::train {
namespace {

using models::Part;

// What is shown of captions in the whole run; nothing where that is too much to keep.
std::optional<std::set<std::string>> texts_to_keep(const settings::Job& job,
                                                   const std::vector<data::DatasetImage>& images,
                                                   const std::vector<data::DatasetImage>& held_out) {
    if (images.empty()) return std::set<std::string>();
    const auto draws = data::draw_plan_of(images, job.data, 0);
    const auto length = training_length_of(job.train, draws.batches_per_epoch());
    auto texts = data::captions_shown(images, job.data, static_cast<std::uint64_t>(job.train.seed),
                                      length.epochs(), kMostKeptTexts);
    if (texts) texts->merge(texts_of(sampled_by(job, images), models::text_options_of(job)));
    if (texts) texts->merge(validation_captions(job, held_out));
    return texts;
}

std::vector<Part> parts_of_training(const settings::Job& job, bool keeps_text) {
    std::vector<Part> parts{Part::Unet};
    if (learns(job, Part::Text) || !keeps_text) parts.push_back(Part::Text);
    if (!job.data.cache_latents) parts.push_back(Part::VaeEncoder);
    return parts;
}

}  // namespace

std::string_view name_of(Phase phase) {
    switch (phase) {
        case Phase::Load:
        case Phase::Fit: return "loading";
        case Phase::CacheLatents: return "caching";
        case Phase::CacheText: return "encoding";
        case Phase::Train: return "training";
        case Phase::SampleFirst:
        case Phase::SampleBetween:
        case Phase::SampleLast: return "sampling";
        case Phase::Save: break;
    }
    return {};
}

const RunPhase& RunPhases::at(Phase phase) const {
    const auto found =
        std::find_if(in_order.begin(), in_order.end(), [&](const auto& one) { return one.phase == phase; });
    base::expects(found != in_order.end(), "the run has this phase");
    return *found;
}

bool wants_text_kept(const settings::Job& job) { return job.data.cache_text && !learns(job, Part::Text); }

RunPhases phases_of(const settings::Job& job, const std::vector<data::DatasetImage>& images,
                    const std::vector<data::DatasetImage>& held_out) {
    RunPhases phases;
    bool keeps_text = wants_text_kept(job);
    if (keeps_text) {
        auto texts = texts_to_keep(job, images, held_out);
        phases.too_many_captions = !texts;
        keeps_text = texts.has_value();
        if (texts) phases.kept_texts = std::move(*texts);
    }
    const auto training = parts_of_training(job, keeps_text);
    auto sampling = training;
    sampling.push_back(Part::VaeDecoder);
    const auto& sample = job.sample;
    auto& list = phases.in_order;
    list.push_back({Phase::Load, {}});
    if (job.data.cache_latents) list.push_back({Phase::CacheLatents, {Part::VaeEncoder}});
    if (keeps_text) list.push_back({Phase::CacheText, {Part::Text}});
    std::vector<Part> trained{Part::Unet};
    if (learns(job, Part::Text)) trained.push_back(Part::Text);
    list.push_back({Phase::Fit, std::move(trained)});
    if (sample.at_start) list.push_back({Phase::SampleFirst, sampling});
    list.push_back({Phase::Train, training});
    phases.between = {Phase::SampleBetween, sampling};
    if (sample.every_steps != 0) list.push_back(phases.between);
    list.push_back({Phase::Save, training});
    if (sample.at_end) list.push_back({Phase::SampleLast, sampling});
    return phases;
}

void release_others(models::Model& model, const RunPhase& phase) {
    for (const auto part : models::kParts)
        if (std::find(phase.parts.begin(), phase.parts.end(), part) == phase.parts.end() && model.has(part))
            model.release(part);
}

std::vector<Part> loaded_parts(const models::Model& model) {
    std::vector<Part> parts;
    std::copy_if(std::begin(models::kParts), std::end(models::kParts), std::back_inserter(parts),
                 [&](Part part) { return model.has(part); });
    return parts;
}

}  // namespace lorikeet::train
