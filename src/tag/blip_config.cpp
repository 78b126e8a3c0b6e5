#include "tag/blip_config.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::tag {

namespace {

using BlipJson = nlohmann::json;

// In all of the three sections: told by shapes, of no concern once training is done, or of transformers' own search.
constexpr std::string_view kBlipPassedOver[] = {
    // shapes tell these
    "hidden_size", "encoder_hidden_size", "intermediate_size", "num_hidden_layers", "vocab_size",
    "max_position_embeddings", "image_size", "patch_size", "num_channels",
    // of training, and of parts that captions need not
    "attention_dropout", "attention_probs_dropout_prob", "dropout", "hidden_dropout_prob",
    "initializer_factor", "initializer_range", "label_smoothing", "image_text_hidden_size",
    "logit_scale_init_value", "projection_dim",
    // of the search, which has settings of our own
    "bad_words_ids", "begin_suppress_tokens", "decoder_start_token_id", "diversity_penalty", "do_sample",
    "early_stopping", "encoder_no_repeat_ngram_size", "eos_token_id", "exponential_decay_length_penalty",
    "forced_bos_token_id", "forced_decoder_ids", "forced_eos_token_id", "length_penalty", "max_length",
    "min_length", "no_repeat_ngram_size", "num_beam_groups", "num_beams", "num_return_sequences",
    "pad_token_id", "prefix", "remove_invalid_values", "repetition_penalty", "suppress_tokens", "temperature",
    "top_k", "top_p", "typical_p",
    // of the program that wrote it
    "_attn_implementation_autoset", "_commit_hash", "_name_or_path", "add_cross_attention", "architectures",
    "attn_implementation", "chunk_size_feed_forward", "cross_attention_hidden_size", "dtype",
    "finetuning_task", "id2label", "is_composition", "label2id", "output_attentions", "output_hidden_states",
    "output_scores", "problem_type", "return_dict", "return_dict_in_generate", "task_specific_params",
    "tf_legacy_loss", "tie_encoder_decoder", "tokenizer_class", "torch_dtype", "torchscript",
    "transformers_version", "use_bfloat16", "use_cache"};

constexpr std::string_view kPreprocessorPassedOver[] = {
    "_processor_class", "processor_class", "feature_extractor_type", "size_divisor", "do_pad",
    "return_tensors",   "data_format",     "input_data_format",      "device",       "default_to_square",
    "disable_grouping", "crop_size"};

// Keys that are known with one value alone.
struct BlipOneValue {
    std::string_view key;
    const char* value;
};
constexpr BlipOneValue kBlipOneValue[] = {
    {"position_embedding_type", "\"absolute\""}, {"is_encoder_decoder", "false"}, {"pruned_heads", "{}"}};
constexpr BlipOneValue kPreprocessorOneValue[] = {
    {"do_resize", "true"}, {"do_rescale", "true"},      {"do_normalize", "true"}, {"do_convert_rgb", "true"},
    {"resample", "3"},     {"do_center_crop", "false"}, {"pad_size", "null"}};

class BlipReader {
  public:
    BlipReader(std::string_view text, std::string name)
        : name_(std::move(name)), json_(BlipJson::parse(text, nullptr, false)) {
        if (!json_.is_object())
            base::fail(base::ErrorCode::Corrupt, fmt::format("{} is not a JSON object.", name_),
                       "It is damaged. Download it again.");
    }

    BlipConfig config() {
        BlipConfig config;
        config.vision.heads = 12;  // as transformers has it where nothing is said
        config.text.heads = 8;
        for (const auto& [key, value] : json_.items()) {
            if (value.is_null()) continue;
            if (key == "model_type") {
                if (value != "blip") not_built(key, value);
            } else if (key == "vision_config") {
                take_tower(object_of(value, key), "blip_vision_model", config.vision, nullptr);
            } else if (key == "text_config") {
                take_tower(object_of(value, key), "blip_text_model", config.text, &config);
            } else if (key == "tie_word_embeddings") {
                config.ties_words = config.ties_words && truth_of(value, key);
            } else if (key == "bos_token_id" || key == "sep_token_id") {
                continue;  // those of the text count
            } else if (key != "is_decoder") {
                note_unknown(key, pass_over(key, value, kBlipPassedOver, kBlipOneValue));
            }
        }
        config.notes = notes();
        return config;
    }

    BlipPreprocessor preprocessor() {
        BlipPreprocessor found;
        for (const auto& [key, value] : json_.items()) {
            if (value.is_null()) continue;
            if (key == "image_processor_type") {
                if (!value.is_string() || !value.get<std::string>().starts_with("BlipImageProcessor"))
                    not_built(key, value);
            } else if (key == "size") {
                found.side_px = side_of(value, key);
            } else if (key == "rescale_factor") {
                found.factor = number_of(value, key, 0);
            } else if (key == "image_mean") {
                found.mean = channels_of(value, key, -1e6);
            } else if (key == "image_std") {
                found.deviation = channels_of(value, key, 0);
            } else {
                note_unknown(key, pass_over(key, value, kPreprocessorPassedOver, kPreprocessorOneValue));
            }
        }
        found.notes = notes();
        return found;
    }

    // processor_config.json: the processor of images is a section of it, or stands in a file of its own.
    std::optional<BlipPreprocessor> section_of_preprocessor() {
        if (!json_.contains("image_processor") || json_["image_processor"].is_null()) return std::nullopt;
        json_ = BlipJson(object_of(json_["image_processor"], "image_processor"));
        return preprocessor();
    }

  private:
    std::string name_;
    BlipJson json_;
    std::vector<std::string> unknown_;  // keys

    void note_unknown(const std::string& key, bool known) {
        if (!known) unknown_.push_back(base::printable(key));
    }
    std::vector<std::string> notes() const {
        if (unknown_.empty()) return {};
        return {fmt::format("{} has {} that this program does not know and passes over: {}.", name_,
                            base::counted(unknown_.size(), "key"),
                            base::printable_start(base::join(unknown_, ", "), 200))};
    }

    [[noreturn]] void wrong_kind(const std::string& key, const char* wanted) const {
        base::fail(base::ErrorCode::Corrupt,
                   fmt::format("{}: \"{}\" wants {}.", name_, base::printable(key), wanted),
                   "The file is damaged, or of another kind. Download it again.");
    }
    [[noreturn]] void not_built(const std::string& key, const BlipJson& value) const {
        base::fail(base::ErrorCode::Unsupported,
                   fmt::format("{}: {} = {} makes a captioner that this program cannot compute.", name_,
                               base::printable(key), base::printable_start(value.dump(), 80)),
                   key == "model_type"
                       ? "Take a BLIP captioner, such as Salesforce's base or large."
                       : "Caption with transformers, or correct the file if it is wrong there.");
    }
    [[noreturn]] void not_known(const std::string& key, const BlipJson& value, const char* section) const {
        base::fail(base::ErrorCode::Unsupported,
                   fmt::format("{}: {} = {} of {} is not known, and may change what is computed.", name_,
                               base::printable(key), base::printable_start(value.dump(), 80), section),
                   "If you know that it changes nothing, take it out of the file; else caption with "
                   "transformers.");
    }

    const BlipJson& object_of(const BlipJson& json, const std::string& key) const {
        if (!json.is_object()) wrong_kind(key, "an object");
        return json;
    }
    bool truth_of(const BlipJson& json, const std::string& key) const {
        if (!json.is_boolean()) wrong_kind(key, "true or false");
        return json.get<bool>();
    }
    std::int64_t whole_of(const BlipJson& json, const std::string& key, std::int64_t least) const {
        if (!json.is_number_integer() || json.get<double>() < static_cast<double>(least) ||
            json.get<double>() > 1e6)
            wrong_kind(key, "a whole number up to a million");
        return json.get<std::int64_t>();
    }
    double number_of(const BlipJson& json, const std::string& key, double above) const {
        if (!json.is_number() || !std::isfinite(json.get<double>()) || json.get<double>() <= above)
            wrong_kind(key, "a number that can be used");
        return json.get<double>();
    }
    std::array<double, 3> channels_of(const BlipJson& json, const std::string& key, double above) const {
        std::array<double, 3> numbers{};
        if (!json.is_array() || json.size() != 3) wrong_kind(key, "three numbers");
        for (std::size_t i = 0; i < 3; ++i) numbers[i] = number_of(json[i], key, above);
        return numbers;
    }
    // 384, or {"height": 384, "width": 384}, where fast processors add other keys, each null
    std::int64_t side_of(const BlipJson& json, const std::string& key) const {
        if (!json.is_object()) return whole_of(json, key, 1);
        const auto told =
            std::count_if(json.begin(), json.end(), [](const BlipJson& one) { return !one.is_null(); });
        if (told != 2 || !json.contains("height") || !json.contains("width") ||
            json["height"] != json["width"])
            not_built(key, json);
        return whole_of(json["height"], key, 1);
    }
    Activation activation_of(const BlipJson& json, const std::string& key) const {
        if (json == "gelu") return Activation::Gelu;
        if (json == "gelu_new" || json == "gelu_pytorch_tanh") return Activation::GeluTanh;
        not_built(key, json);
    }

    // `of_text` where it is the section of the text.
    void take_tower(const BlipJson& section, const char* type, BlipTower& tower, BlipConfig* of_text) const {
        for (const auto& [key, value] : section.items()) {
            if (value.is_null()) continue;
            if (key == "model_type") {
                if (value != type) not_built(key, value);
            } else if (key == "num_attention_heads") {
                tower.heads = whole_of(value, key, 1);
            } else if (key == "hidden_act") {
                tower.activation = activation_of(value, key);
            } else if (key == "layer_norm_eps") {
                tower.eps = number_of(value, key, 0);
            } else if (key == "is_decoder") {
                if (value != (of_text != nullptr)) not_built(key, value);
            } else if (key == "tie_word_embeddings") {
                if (of_text != nullptr) of_text->ties_words = of_text->ties_words && truth_of(value, key);
            } else if (key == "bos_token_id" || key == "sep_token_id") {
                if (of_text != nullptr)
                    (key == "bos_token_id" ? of_text->begin_token : of_text->end_token) =
                        whole_of(value, key, 0);
            } else if (!pass_over(key, value, kBlipPassedOver, kBlipOneValue)) {
                not_known(key, value, of_text != nullptr ? "text_config" : "vision_config");
            }
        }
    }

    // Whether it is known.
    bool pass_over(const std::string& key, const BlipJson& value, std::span<const std::string_view> known,
                   std::span<const BlipOneValue> one_value) const {
        const auto one = std::find_if(one_value.begin(), one_value.end(),
                                      [&](const BlipOneValue& each) { return each.key == key; });
        if (one == one_value.end()) return std::find(known.begin(), known.end(), key) != known.end();
        if (value != BlipJson::parse(one->value)) not_built(key, value);
        return true;
    }
};

}  // namespace

BlipConfig parse_blip_config(std::string_view json, const std::string& name) {
    return BlipReader(json, name).config();
}

BlipPreprocessor parse_blip_preprocessor(std::string_view json, const std::string& name) {
    return BlipReader(json, name).preprocessor();
}

std::optional<BlipConfig> read_blip_config(const base::Path& folder) {
    const auto file = folder / "config.json";
    if (!base::is_file(file)) return std::nullopt;
    return parse_blip_config(base::read_text(file), base::printable(file.string()));
}

std::optional<BlipPreprocessor> read_blip_preprocessor(const base::Path& folder) {
    const auto file = folder / "preprocessor_config.json", whole = folder / "processor_config.json";
    if (base::is_file(file))
        return parse_blip_preprocessor(base::read_text(file), base::printable(file.string()));
    if (!base::is_file(whole)) return std::nullopt;
    return BlipReader(base::read_text(whole), base::printable(whole.string())).section_of_preprocessor();
}

}  // namespace lorikeet::tag
