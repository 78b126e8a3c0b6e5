#include "train/lora_facts.hpp"

#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "data/bucket.hpp"
#include "data/caption.hpp"
#include "data/variants.hpp"
#include "optim/lr_schedule.hpp"
#include "optim/rules.hpp"
#include "settings/chosen.hpp"
#include "tensor/rng.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

std::optional<double> none_if_zero(double value) { return value == 0 ? std::nullopt : std::optional(value); }

// The last part alone: no path of a machine leaves it.
std::string folder_name(const settings::Subset& subset) {
    auto folder = base::Path(subset.folder);
    return (folder.has_filename() ? folder : folder.parent_path()).filename().string();
}

std::string scheduler_word(settings::ScheduleShape shape) {
    switch (shape) {
        case settings::ScheduleShape::Constant: return "constant_with_warmup";
        case settings::ScheduleShape::Linear: return "linear";
        case settings::ScheduleShape::Cosine: return "cosine";
    }
    return "constant";
}

std::string optimizer_word(const settings::Optim& job) {
    using adapters::python_text;
    const auto& adamw = job.adamw;
    return fmt::format("{}(weight_decay={},betas=({}, {}),eps={})", optim::facts_of(job.rule).python_name,
                       python_text(adamw.weight_decay), python_text(adamw.betas[0]),
                       python_text(adamw.betas[1]), python_text(adamw.eps));
}

std::string kohya_word(at::ScalarType compute) {
    if (compute == at::kHalf) return "fp16";
    return compute == at::kBFloat16 ? "bf16" : "no";
}

adapters::FamilyWords family_words(const models::Family& facts) {
    return {std::string(facts.kohya_version), std::string(facts.architecture),
            std::string(facts.implementation), facts.reads_clip_skip};
}

adapters::RunFacts run_of(const Provenance& facts) {
    const auto& job = facts.job;
    const auto seed = static_cast<std::uint64_t>(job.train.seed);
    constexpr std::uint64_t kSessions = std::uint64_t{1} << 32U;
    return {.output_name = job.output.name,
            .comment = job.output.comment,
            .session_id = static_cast<std::int64_t>(tensor::seed_of(seed, tensor::Stream::Init) % kSessions),
            .started_at = facts.started_at,
            .finished_at = base::unix_seconds(),
            .seed = job.train.seed,
            .steps = facts.step,
            .epoch = facts.length.epoch_of(facts.step - 1) + 1,
            .max_steps = facts.length.total_steps,
            .epochs = facts.length.epochs(),
            .accumulate = job.train.accumulate,
            .precision = kohya_word(facts.recipe.compute),
            .caches_latents = job.data.cache_latents,
            .recomputes = job.train.recompute == settings::Recompute::On,
            .program = "lorikeet"};
}

adapters::OptimFacts optim_of(const settings::Job& job, const TrainingLength& length) {
    adapters::OptimFacts optim;
    optim.lr = settings::chosen(job.optim.lr);
    if (job.adapter.train_unet) optim.unet_lr = optim.lr;
    if (job.adapter.train_text) optim.text_lr = job.optim.text_lr.value_or(optim.lr);
    optim.optimizer = optimizer_word(job.optim);
    optim.schedule = scheduler_word(job.optim.schedule.shape);
    optim.warmup_steps = optim::warmup_steps(job.optim.schedule, length.total_steps);
    optim.max_grad_norm = job.optim.max_grad_norm;
    optim.noise_offset = none_if_zero(job.noise.offset);
    optim.min_snr_gamma = job.loss.min_snr;
    optim.min_timestep = job.noise.min_timestep;
    optim.max_timestep = job.noise.max_timestep;
    return optim;
}

std::vector<adapters::FolderFacts> folders_of(const settings::Data& data,
                                              const std::vector<data::DatasetImage>& images) {
    std::vector<adapters::FolderFacts> folders;
    for (const auto& subset : data.subsets) {
        const auto variants = data::variants_of(data, subset);
        folders.push_back({.name = folder_name(subset),
                           .repeats = subset.repeats,
                           .trigger = subset.trigger,
                           .keep_tokens = subset.keep_tokens,
                           .shuffles_tags = subset.shuffle_tags,
                           .prefix = subset.prefix,
                           .suffix = subset.suffix,
                           .keep_separator = subset.keep_separator,
                           .secondary_separator = subset.secondary_separator,
                           .caption_dropout = subset.caption_dropout,
                           .tag_dropout = subset.tag_dropout,
                           .caption_dropout_epochs = subset.caption_dropout_epochs,
                           .wildcards = subset.wildcards,
                           .flips = subset.flip,
                           .regularises = subset.regularisation,
                           .crops_randomly = variants.random_crop,
                           .varies_colours = variants.vary_colours,
                           .class_words = subset.class_words});
    }
    for (const auto& image : images) {
        auto& folder = folders[image.subset];
        ++folder.images;
        for (const auto& tag : data::parse_tags(image.caption)) ++folder.tag_counts[base::to_lower(tag)];
    }
    // Nothing was trained on the others.
    std::vector<adapters::FolderFacts> trained;
    for (std::size_t i = 0; i < folders.size(); ++i)
        if (!data.subsets[i].validation) trained.push_back(std::move(folders[i]));
    return trained;
}

std::optional<std::int64_t> none_if_never(std::int64_t count) {
    return count == 0 ? std::nullopt : std::optional(count);
}

adapters::ValidationFacts validation_of(const Provenance& facts) {
    const auto& validation = facts.job.data.validation;
    if (facts.held_out == 0) return {};
    return {facts.held_out, validation.share, validation.seed, none_if_never(validation.every_epochs),
            none_if_never(validation.every_steps)};
}

// Of the first folder that has one.
std::vector<double> face_crop_of(const settings::Data& data) {
    for (const auto& subset : data.subsets)
        if (auto range = data::variants_of(data, subset).face_crop; !range.empty()) return range;
    return {};
}

std::optional<adapters::BucketFacts> buckets_of(const settings::Data& data,
                                                const std::vector<data::DatasetImage>& images) {
    if (!data.buckets) return std::nullopt;
    const auto rules = data::bucket_rules_of(data, {data.resolution.front(), data.resolution.back()});
    adapters::BucketFacts facts;
    facts.min_px = rules.min_px;
    facts.max_px = rules.max_px;
    facts.upscales = rules.upscale;
    const data::JobCrops crops(data);
    const auto shape = [](data::Size size) {
        return static_cast<double>(size.width_px) / static_cast<double>(size.height_px);
    };
    double shown = 0;
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> counts;
    for (const auto& image : images) {
        const auto crop = crops.of({image.width_px, image.height_px}, image.subset);
        const auto repeats = data.subsets.at(image.subset).repeats;
        counts[{crop.size.width_px, crop.size.height_px}] += repeats;
        facts.mean_shape_error += std::abs(shape(crop.size) - shape(crop.image)) *
                                  static_cast<double>(repeats);
        shown += static_cast<double>(repeats);
    }
    if (shown > 0) facts.mean_shape_error /= shown;
    for (const auto& [size, count] : counts) facts.buckets.push_back({size.first, size.second, count});
    return facts;
}

adapters::DataFacts data_of(const Provenance& facts) {
    const auto& job = facts.job;
    adapters::DataFacts data;
    data.folders = folders_of(job.data, facts.images);
    data.width_px = job.data.resolution.front();
    data.height_px = job.data.resolution.back();
    data.batch = settings::chosen(job.data.batch);
    data.batches_per_epoch = facts.length.batches_per_epoch;
    for (const auto& folder : data.folders)
        if (!folder.regularises) data.images_per_epoch += folder.repeats * folder.images;
    data.regularisation_weight = job.data.regularisation_weight;
    data.clip_skip = job.model.clip_skip;
    data.max_tokens = job.model.max_tokens;
    data.weighted_captions = job.data.weighted_captions;
    data.text_cleaning = settings::say(job.model.text_cleaning).word;
    data.buckets = buckets_of(job.data, facts.images);
    data.face_crop = face_crop_of(job.data);
    data.validation = validation_of(facts);
    return data;
}

// Beside the checkpoint and the VAE, which have keys of their own.
std::map<std::string, std::string> part_names_of(const models::ModelSource& source) {
    std::map<std::string, std::string> names;
    for (const auto& file : source.others())
        if (!file.holds(models::Part::VaeDecoder)) names[file.name()] = file.path.filename().string();
    return names;
}

}  // namespace

io::Metadata lora_metadata(const Provenance& facts, const adapters::NetworkFacts& network) {
    const auto& spec = facts.recipe.model->spec();
    const auto prediction = prediction_of(facts.job.model.prediction, spec);
    const auto terminal = terminal_of(facts.job.model.zero_snr, prediction, spec);
    adapters::TrainingFacts training;
    training.model = {.name = facts.recipe.model->source().checkpoint().path.filename().string(),
                      .sha256 = facts.checkpoint_sha256,
                      .legacy_hash = {},
                      .vae_name = base::Path(facts.job.model.vae).filename().string(),
                      .part_names = part_names_of(facts.recipe.model->source()),
                      .family = family_words(*spec.family),
                      .prediction = std::string(facts.recipe.process->prediction_type()),
                      .zero_snr = terminal == diffusion::Terminal::Nothing};
    training.run = run_of(facts);
    training.network = network;
    training.optim = optim_of(facts.job, facts.length);
    training.data = data_of(facts);
    return adapters::kohya_metadata(training);
}

}  // namespace lorikeet::train
