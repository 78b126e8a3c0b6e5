#include "adapters/metadata.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <functional>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/printable.hpp"

namespace lorikeet::adapters {

std::string python_text(double value) {
    if (std::isnan(value)) return "nan";
    if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
    auto text = fmt::format("{}", value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

namespace {

using Json = nlohmann::json;

std::string str(bool value) { return value ? "True" : "False"; }
std::string str(std::int64_t value) { return fmt::format("{}", value); }
std::string str(double value) { return python_text(value); }
std::string str(const std::optional<double>& value) { return value ? python_text(*value) : "None"; }
std::string str(const std::optional<std::int64_t>& value) { return value ? str(*value) : "None"; }
std::string text_or_none(const std::string& text) { return text.empty() ? "None" : text; }

// Features of the reference that this program does not have, as the reference writes them when they are off.
const io::Metadata& what_is_off() {
    static const io::Metadata off{
        {"ss_adaptive_noise_scale", "None"},
        {"ss_debiased_estimation", "False"},
        {"ss_fp8_base", "False"},
        {"ss_fp8_base_unet", "False"},
        {"ss_full_fp16", "False"},
        {"ss_huber_c", "0.1"},
        {"ss_huber_scale", "1.0"},
        {"ss_huber_schedule", "snr"},
        {"ss_ip_noise_gamma", "None"},
        {"ss_ip_noise_gamma_random_strength", "False"},
        {"ss_loss_type", "l2"},
        {"ss_lowram", "False"},
        {"ss_max_validation_steps", "None"},
        {"ss_multires_noise_discount", "0.3"},
        {"ss_multires_noise_iterations", "None"},
        {"ss_noise_offset_random_strength", "False"},
        {"ss_resize_interpolation", "None"},
        {"ss_scale_weight_norms", "None"},
    };
    return off;
}

io::Metadata run_keys(const RunFacts& run) {
    return {{"ss_session_id", str(run.session_id)},
            {"ss_training_started_at", run.started_at},
            {"ss_training_finished_at", str(run.finished_at)},
            {"ss_output_name", run.output_name},
            {"ss_training_comment", text_or_none(run.comment)},
            {"ss_seed", str(run.seed)},
            {"ss_steps", str(run.steps)},
            {"ss_epoch", str(run.epoch)},
            {"ss_num_epochs", str(run.epochs)},
            {"ss_max_train_steps", str(run.max_steps)},
            {"ss_gradient_accumulation_steps", str(run.accumulate)},
            {"ss_cache_latents", str(run.caches_latents)},
            {"ss_gradient_checkpointing", str(run.recomputes)},
            {"ss_mixed_precision", run.precision},
            {"ss_sd_scripts_commit_hash", run.program}};
}

io::Metadata network_keys(const NetworkFacts& network) {
    const bool has_rank = network.rank > 0;
    io::Metadata keys{{"ss_network_module", network.module},
                      {"ss_network_args", network.args},
                      {"ss_network_dim", has_rank ? str(network.rank) : "None"},
                      {"ss_network_alpha", has_rank ? str(network.alpha) : "None"},
                      {"ss_network_dropout", str(network.dropout)}};
    if (network.mixed.empty()) return keys;
    keys["ss_network_dim"] = keys["ss_network_alpha"] = "Dynamic";  // the reference's word, as after a resize
    keys["lorikeet.network_ranks"] = network.mixed;
    return keys;
}

io::Metadata optim_keys(const OptimFacts& optim) {
    return {{"ss_learning_rate", str(optim.lr)},
            {"ss_unet_lr", str(optim.unet_lr)},
            {"ss_text_encoder_lr", str(optim.text_lr)},
            {"ss_optimizer", optim.optimizer},
            {"ss_lr_scheduler", optim.schedule},
            {"ss_lr_warmup_steps", str(optim.warmup_steps)},
            {"ss_max_grad_norm", str(optim.max_grad_norm)},
            {"ss_noise_offset", str(optim.noise_offset)},
            {"ss_min_snr_gamma", str(optim.min_snr_gamma)}};
}

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', /*ensure_ascii=*/true, Json::error_handler_t::replace);
}

io::Metadata model_keys(const ModelFacts& model) {
    io::Metadata keys{{"ss_sd_model_name", model.name},
                      {"ss_v2", str(false)},
                      {"ss_base_model_version", model.family.version},
                      {"ss_zero_terminal_snr", str(model.zero_snr)}};
    if (!model.sha256.empty()) keys["ss_new_sd_model_hash"] = model.sha256;
    if (!model.legacy_hash.empty()) keys["ss_sd_model_hash"] = model.legacy_hash;
    if (!model.vae_name.empty()) keys["ss_vae_name"] = model.vae_name;
    if (!model.part_names.empty()) keys["lorikeet.part_names"] = text_of(Json(model.part_names));
    return keys;
}

// Folders of one name get a number, so that none is lost.
std::string unused_key(const Json& table, const std::string& name) {
    std::string key = name;
    for (int number = 2; table.contains(key); ++number) key = fmt::format("{} ({})", name, number);
    return key;
}

Json null_or_text(const std::string& text) { return text.empty() ? Json() : Json(text); }

// The reference has no trigger; a prefix does what it does.
std::string prefix_of(const FolderFacts& folder) {
    if (folder.trigger.empty() || folder.prefix.empty()) return folder.trigger + folder.prefix;
    return folder.trigger + ", " + folder.prefix;
}

Json subset_of(const FolderFacts& folder) {
    return {{"image_dir", folder.name},
            {"img_count", folder.images},
            {"num_repeats", folder.repeats},
            {"flip_aug", folder.flips},
            {"random_crop", folder.crops_randomly},
            {"color_aug", folder.varies_colours},
            {"shuffle_caption", folder.shuffles_tags},
            {"keep_tokens", folder.keep_tokens},
            {"keep_tokens_separator", null_or_text(folder.keep_separator)},
            {"secondary_separator", null_or_text(folder.secondary_separator)},
            {"enable_wildcard", folder.wildcards},
            {"caption_prefix", prefix_of(folder)},
            {"caption_suffix", null_or_text(folder.suffix)},
            {"class_tokens", null_or_text(folder.class_words)},
            {"is_reg", folder.regularises}};
}

Json bucket_info(const BucketFacts& facts) {
    Json buckets = Json::object();
    for (const auto& bucket : facts.buckets)
        buckets[std::to_string(buckets.size())] = {{"resolution", {bucket.width_px, bucket.height_px}},
                                                   {"count", bucket.images}};
    return {{"buckets", buckets}, {"mean_img_ar_error", facts.mean_shape_error}};
}

io::Metadata bucket_keys(const std::optional<BucketFacts>& facts) {
    if (!facts)
        return {{"ss_enable_bucket", str(false)},
                {"ss_bucket_no_upscale", str(false)},
                {"ss_min_bucket_reso", "None"},
                {"ss_max_bucket_reso", "None"},
                {"ss_bucket_info", "null"}};
    return {{"ss_enable_bucket", str(true)},
            {"ss_bucket_no_upscale", str(!facts->upscales)},
            {"ss_min_bucket_reso", str(facts->min_px)},
            {"ss_max_bucket_reso", str(facts->max_px)},
            {"ss_bucket_info", text_of(bucket_info(*facts))}};
}

io::Metadata folder_keys(const DataFacts& data) {
    Json dirs = Json::object(), reg_dirs = Json::object(), tags = Json::object(), subsets = Json::array();
    std::int64_t reg_images = 0;
    for (const auto& folder : data.folders) {
        auto& table = folder.regularises ? reg_dirs : dirs;
        const auto key = unused_key(table, folder.name);
        table[key] = {{"n_repeats", folder.repeats}, {"img_count", folder.images}};
        tags[unused_key(tags, folder.name)] = folder.tag_counts;
        if (folder.regularises) reg_images += folder.repeats * folder.images;
        subsets.push_back(subset_of(folder));
    }
    Json dataset{{"is_dreambooth", true},
                 {"batch_size_per_device", data.batch},
                 {"num_train_images", data.images_per_epoch},
                 {"num_reg_images", reg_images},
                 {"resolution", {data.width_px, data.height_px}},
                 {"enable_bucket", data.buckets.has_value()},
                 {"tag_frequency", tags},
                 {"subsets", subsets}};
    if (data.buckets) {
        dataset["min_bucket_reso"] = data.buckets->min_px;
        dataset["max_bucket_reso"] = data.buckets->max_px;
        dataset["bucket_info"] = bucket_info(*data.buckets);
    }
    return {{"ss_dataset_dirs", text_of(dirs)},
            {"ss_reg_dataset_dirs", text_of(reg_dirs)},
            {"ss_num_reg_images", str(reg_images)},
            {"ss_tag_frequency", text_of(tags)},
            {"ss_datasets", text_of(Json::array({dataset}))}};
}

// Of a setting that each folder has for itself: whether any has it.
std::string any_of(const DataFacts& data, bool FolderFacts::*setting) {
    return str(std::any_of(data.folders.begin(), data.folders.end(), std::mem_fn(setting)));
}

io::Metadata validation_keys(const ValidationFacts& facts) {
    return {{"ss_num_validation_images", str(facts.images)},
            {"ss_validation_split", str(facts.share)},
            {"ss_validation_seed", str(facts.seed)},
            {"ss_validate_every_n_epochs", str(facts.every_epochs)},
            {"ss_validate_every_n_steps", str(facts.every_steps)}};
}

io::Metadata data_keys(const DataFacts& data) {
    const auto first = data.folders.empty() ? FolderFacts() : data.folders.front();
    auto keys = folder_keys(data);
    keys.merge(bucket_keys(data.buckets));
    keys.merge(io::Metadata{
        {"ss_batch_size_per_device", str(data.batch)},
        {"ss_total_batch_size", str(data.batch)},
        {"ss_resolution", fmt::format("({}, {})", data.width_px, data.height_px)},
        {"ss_prior_loss_weight", str(data.regularisation_weight)},
        {"ss_num_train_images", str(data.images_per_epoch)},
        {"ss_num_batches_per_epoch", str(data.batches_per_epoch)},
        {"ss_clip_skip", data.clip_skip > 1 ? str(data.clip_skip) : "None"},
        {"ss_max_token_length", data.max_tokens > 75 ? str(data.max_tokens) : "None"},
        {"lorikeet.text_cleaning", data.text_cleaning},
        {"lorikeet.weighted_captions", data.weighted_captions ? "True" : "False"},
        {"ss_keep_tokens", str(first.keep_tokens)},
        {"ss_caption_dropout_rate", str(first.caption_dropout)},
        {"ss_caption_dropout_every_n_epochs", str(first.caption_dropout_epochs)},
        {"ss_caption_tag_dropout_rate", str(first.tag_dropout)},
        {"ss_shuffle_caption", any_of(data, &FolderFacts::shuffles_tags)},
        {"ss_flip_aug", any_of(data, &FolderFacts::flips)},
        {"ss_random_crop", any_of(data, &FolderFacts::crops_randomly)},
        {"ss_color_aug", any_of(data, &FolderFacts::varies_colours)},
        {"ss_face_crop_aug_range",
         data.face_crop.empty()
             ? "None"
             : fmt::format("({}, {})", str(data.face_crop.front()), str(data.face_crop.back()))},
    });
    keys.merge(validation_keys(data.validation));
    return keys;
}

io::Metadata spec_keys(const TrainingFacts& facts) {
    const auto& family = facts.model.family;
    const auto date = fmt::gmtime(static_cast<std::time_t>(facts.run.finished_at));
    io::Metadata keys{
        {"modelspec.sai_model_spec", "1.0.1"},
        {"modelspec.architecture", family.architecture + "/lora"},
        {"modelspec.implementation", family.implementation},
        {"modelspec.implementation_version", facts.run.program},
        {"modelspec.title", facts.run.output_name},
        {"modelspec.date", fmt::format("{:%Y-%m-%dT%H:%M:%S}", date)},
        {"modelspec.resolution", fmt::format("{}x{}", facts.data.width_px, facts.data.height_px)},
        {"modelspec.prediction_type", facts.model.prediction}};
    if (facts.optim.min_timestep != 0 || facts.optim.max_timestep != 1000)
        keys["modelspec.timestep_range"] =
            fmt::format("{},{}", facts.optim.min_timestep, facts.optim.max_timestep);
    if (!facts.data.folders.empty() && base::is_visible(facts.data.folders.front().trigger))
        keys["modelspec.trigger_phrase"] = facts.data.folders.front().trigger;
    if (facts.data.clip_skip > 1 && family.reads_clip_skip)
        keys["modelspec.encoder_layer"] = str(facts.data.clip_skip);
    return keys;
}

}  // namespace

io::Metadata kohya_metadata(const TrainingFacts& facts) {
    auto metadata = what_is_off();
    for (auto keys : {run_keys(facts.run), network_keys(facts.network), optim_keys(facts.optim),
                      model_keys(facts.model), data_keys(facts.data), spec_keys(facts)})
        metadata.merge(keys);
    return metadata;
}

}  // namespace lorikeet::adapters
