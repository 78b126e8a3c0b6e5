#include "train/choose.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/scan.hpp"
#include "models/family.hpp"
#include "settings/chosen.hpp"
#include "train/recipe.hpp"

namespace lorikeet::train {

namespace {

const models::UsualTraining& usual_for(const models::Spec& spec) {
    static constexpr models::UsualTraining kSmall{4, 32, 1, 2e-3, 5e-4, 200, 2400, 8000};
    return spec.is_small() ? kSmall : spec.family->usual;
}

// 64 px, as everywhere; finer for a model that is made for small images, but never finer than it can take.
std::int64_t usual_bucket_step(const models::Spec& spec) {
    const auto least = spec.latents().size_step_px;
    const auto wanted = std::min<std::int64_t>(64, spec.native_size_px / 8);
    return std::max(least, (wanted + least - 1) / least * least);
}

std::int64_t images_per_step(const settings::Job& job) {
    return settings::chosen(job.data.batch) * std::max<std::int64_t>(1, job.train.accumulate);
}

}  // namespace

settings::Job as_begun(settings::Job job) {
    if (!job.data.bucket_step) job.data.buckets = false;
    if (job.model.text_cleaning == settings::TextCleaning::Auto)
        job.model.text_cleaning = settings::TextCleaning::None;
    return job;
}

bool leaves_length_open(const settings::Job& job) { return !job.train.epochs && !job.train.steps; }

settings::Job choose_for_model(settings::Job job, const models::Spec& spec) {
    const auto& usual = usual_for(spec);
    if (job.data.resolution.empty()) job.data.resolution = {spec.native_size_px};
    if (!job.data.bucket_step) job.data.bucket_step = usual_bucket_step(spec);
    if (job.model.text_cleaning == settings::TextCleaning::Auto)
        job.model.text_cleaning = settings::TextCleaning::Clip;
    if (!job.data.batch) job.data.batch = usual.batch;
    if (!job.adapter.rank) job.adapter.rank = usual.rank;
    if (!job.adapter.alpha) job.adapter.alpha = usual.alpha_of_rank * static_cast<double>(*job.adapter.rank);
    if (!job.optim.lr) {
        if (!job.optim.text_lr) job.optim.text_lr = usual.text_lr;
        job.optim.lr = usual.lr;
    }
    return job;
}

settings::Job choose_length(settings::Job job, const models::Spec& spec, std::int64_t images) {
    if (!leaves_length_open(job)) return job;
    const auto& usual = usual_for(spec);
    const auto views = std::clamp(usual.views_of_an_image * images, usual.fewest_views, usual.most_views);
    const auto each = images_per_step(job);
    job.train.steps = std::max<std::int64_t>(1, (views + each - 1) / each);
    return job;
}

std::string words_of_choice(const settings::Job& job, const settings::Job& chosen, const models::Spec& spec,
                            std::int64_t images) {
    std::vector<std::string> parts;
    if (leaves_length_open(job) && chosen.train.steps) {
        const auto views = *chosen.train.steps * images_per_step(chosen);
        const auto each = std::max<std::int64_t>(1, views / std::max<std::int64_t>(1, images));
        parts.push_back(fmt::format("{} (each image is seen about {})",
                                    base::counted(*chosen.train.steps, "step"), base::counted(each, "time")));
    }
    if (job.data.resolution.empty()) parts.push_back(fmt::format("{} px", chosen.data.resolution.front()));
    if (!job.data.batch) parts.push_back(fmt::format("batch {}", settings::chosen(chosen.data.batch)));
    if (!job.adapter.rank) parts.push_back(fmt::format("rank {}", settings::chosen(chosen.adapter.rank)));
    if (!job.adapter.alpha) parts.push_back(fmt::format("alpha {}", settings::chosen(chosen.adapter.alpha)));
    if (!job.optim.lr) {
        auto rates = fmt::format("learning rate {}", settings::chosen(chosen.optim.lr));
        if (!job.optim.text_lr && chosen.adapter.train_text)
            rates += fmt::format(" (text encoder {})", settings::chosen(chosen.optim.text_lr));
        parts.push_back(std::move(rates));
    }
    if (parts.empty()) return {};
    const auto model = spec.is_small() ? std::string_view("a small model") : spec.family->name;
    return fmt::format("Chosen for {}{}: {}.",
                       leaves_length_open(job) ? base::counted(images, "image") + " and " : "", model,
                       base::join(parts, ", "));
}

ChosenJob choose(const settings::Job& job, const base::Cancel& cancel) {
    const io::SafetensorsFile file(checkpoint_file(job.model));
    const auto read = models::spec_of(file, part_files_of(job.model));
    const auto& spec = *read;
    auto chosen = choose_for_model(job, spec);
    std::int64_t images = 0;
    if (leaves_length_open(job)) {
        const auto found = data::scan(chosen.data, cancel);
        base::fail_if_any(found.errors);
        images = static_cast<std::int64_t>(found.images.size());
        chosen = choose_length(std::move(chosen), spec, images);
    }
    auto words = words_of_choice(job, chosen, spec, images);
    return {std::move(chosen), std::move(words)};
}

}  // namespace lorikeet::train
