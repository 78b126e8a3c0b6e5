#include "train/lora_facts.hpp"

#include <cmath>
#include <ctime>
#include <map>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "data/caption.hpp"
#include "tensor/rng.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::train {
namespace {

using Json = nlohmann::ordered_json;

// Values as Python's str() writes them, since that is what every reader of these files expects.
std::string say(bool value) { return value ? "True" : "False"; }
std::string say(std::int64_t value) { return fmt::format("{}", value); }
std::string say(double value) {
    const auto text = fmt::format("{}", value);
    return std::isfinite(value) && text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}
std::string say(const std::optional<double>& value) { return value ? say(*value) : "None"; }
std::string none_if_zero(double value) { return value == 0 ? "None" : say(value); }
std::string none_if_empty(const std::string& text) { return text.empty() ? "None" : text; }

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

std::string precision_word(settings::Precision precision) {
    return precision == settings::Precision::Float32 ? "no" : "bf16";
}

void add_settings(io::Metadata& m, const settings::Job& job) {
    m["ss_output_name"] = job.output.name;
    m["ss_learning_rate"] = say(job.optim.lr);
    m["ss_unet_lr"] = job.adapter.train_unet ? say(job.optim.lr) : "None";
    m["ss_text_encoder_lr"] = job.adapter.train_text ? say(job.optim.text_lr.value_or(job.optim.lr)) : "None";
    m["ss_gradient_checkpointing"] = say(false);
    m["ss_gradient_accumulation_steps"] = say(job.train.accumulate);
    m["ss_lr_warmup_steps"] = say(job.optim.schedule.warmup);
    m["ss_lr_scheduler"] = scheduler_word(job.optim.schedule.shape);
    m["ss_network_module"] = "networks.lora";
    m["ss_network_dim"] = say(job.adapter.rank);
    m["ss_network_alpha"] = say(job.adapter.alpha);
    m["ss_network_dropout"] = none_if_zero(job.adapter.dropout);
    m["ss_network_args"] = "{}";
    m["ss_mixed_precision"] = precision_word(job.train.precision);
    m["ss_full_fp16"] = say(false);
    m["ss_v2"] = say(false);
    m["ss_base_model_version"] = "sd_v1";
    m["ss_clip_skip"] = job.model.clip_skip == 1 ? "None" : say(job.model.clip_skip);
    m["ss_max_token_length"] = job.model.max_tokens == 75 ? "None" : say(job.model.max_tokens);
    m["ss_cache_latents"] = say(job.data.cache_latents);
    m["ss_seed"] = say(job.train.seed);
    m["ss_noise_offset"] = none_if_zero(job.noise.offset);
    m["ss_training_comment"] = none_if_empty(job.output.comment);
    m["ss_optimizer"] = fmt::format("torch.optim.adamw.AdamW(weight_decay={},betas=({},{}),eps={})",
                                    say(job.optim.adamw.weight_decay), say(job.optim.adamw.betas[0]),
                                    say(job.optim.adamw.betas[1]), say(job.optim.adamw.eps));
    m["ss_max_grad_norm"] = say(job.optim.max_grad_norm);
    m["ss_min_snr_gamma"] = say(job.loss.min_snr);
    m["ss_loss_type"] = "l2";
}

std::int64_t repeats_of(const settings::Job& job, const data::Picture& picture) {
    return job.data.subsets[picture.subset].repeats;
}

void add_data(io::Metadata& m, const settings::Job& job, const std::vector<data::Picture>& pictures) {
    std::map<std::string, std::map<std::string, std::int64_t>> tags;
    std::vector<std::int64_t> counts(job.data.subsets.size());
    std::int64_t shown = 0;
    for (const auto& picture : pictures) {
        ++counts[picture.subset];
        shown += repeats_of(job, picture);
        for (const auto& tag : data::parse_tags(picture.caption))
            ++tags[folder_name(job.data.subsets[picture.subset])][base::to_lower(tag)];
    }
    Json dirs = Json::object(), subsets = Json::array();
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const auto& subset = job.data.subsets[i];
        dirs[folder_name(subset)] = {{"n_repeats", subset.repeats}, {"img_count", counts[i]}};
        subsets.push_back({{"img_count", counts[i]},
                           {"num_repeats", subset.repeats},
                           {"flip_aug", subset.flip},
                           {"shuffle_caption", subset.shuffle_tags},
                           {"keep_tokens", subset.keep_tokens},
                           {"caption_prefix", subset.trigger},
                           {"image_dir", folder_name(subset)}});
    }
    const Json resolution = {job.data.resolution.front(), job.data.resolution.back()};
    const Json dataset = {{"is_dreambooth", true},     {"batch_size_per_device", job.data.batch},
                          {"num_train_images", shown}, {"num_reg_images", 0},
                          {"resolution", resolution},  {"enable_bucket", false},
                          {"tag_frequency", tags},     {"subsets", subsets}};
    m["ss_num_train_images"] = say(shown);
    m["ss_num_reg_images"] = "0";
    m["ss_datasets"] = Json::array({dataset}).dump();
    m["ss_tag_frequency"] = Json(tags).dump();
    m["ss_dataset_dirs"] = dirs.dump();
}

void add_run(io::Metadata& m, const LoraFacts& facts) {
    m["ss_session_id"] = say(static_cast<std::int64_t>(
        tensor::seed_of(static_cast<std::uint64_t>(facts.job.train.seed), tensor::Stream::Init) %
        4'294'967'296U));
    m["ss_training_started_at"] = facts.started_at;
    m["ss_training_finished_at"] = fmt::format("{}", base::unix_seconds());
    m["ss_num_batches_per_epoch"] = say(facts.horizon.batches_per_epoch);
    m["ss_num_epochs"] = say(facts.horizon.epochs());
    m["ss_epoch"] = say(facts.horizon.epoch_of(facts.step - 1) + 1);
    m["ss_steps"] = say(facts.step);
    m["ss_max_train_steps"] = say(facts.horizon.total_steps);
    m["ss_sd_model_name"] = facts.recipe.model->checkpoint.filename().string();
    m["ss_new_sd_model_hash"] = facts.checkpoint_sha256;
    if (!facts.job.model.vae.empty()) m["ss_vae_name"] = base::Path(facts.job.model.vae).filename().string();
}

void add_modelspec(io::Metadata& m, const LoraFacts& facts) {
    const auto& size = facts.job.data.resolution;
    m["modelspec.sai_model_spec"] = "1.0.1";
    m["modelspec.architecture"] = "stable-diffusion-v1/lora";
    m["modelspec.implementation"] = "https://github.com/Stability-AI/generative-models";
    m["modelspec.title"] = facts.job.output.name;
    m["modelspec.resolution"] = fmt::format("{}x{}", size.front(), size.back());
    m["modelspec.date"] = base::utc_now().substr(0, 19);
    m["modelspec.implementation_version"] = "lorikeet";
    m["modelspec.prediction_type"] = facts.recipe.prediction == diffusion::Prediction::Velocity ? "v"
                                                                                                : "epsilon";
    m["modelspec.encoder_layer"] = say(facts.job.model.clip_skip);
    if (facts.job.noise.min_timestep != 0 || facts.job.noise.max_timestep != 1000)
        m["modelspec.timestep_range"] =
            fmt::format("{},{}", facts.job.noise.min_timestep, facts.job.noise.max_timestep);
    if (!facts.job.data.subsets.front().trigger.empty())
        m["modelspec.trigger_phrase"] = facts.job.data.subsets.front().trigger;
}

}  // namespace

io::Metadata metadata_of(const LoraFacts& facts) {
    io::Metadata metadata;
    add_settings(metadata, facts.job);
    add_data(metadata, facts.job, facts.pictures);
    add_run(metadata, facts);
    add_modelspec(metadata, facts);
    return metadata;
}

}  // namespace lorikeet::train
