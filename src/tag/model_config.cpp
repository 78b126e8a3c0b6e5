#include "tag/model_config.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"

namespace lorikeet::tag {

namespace {

using Json = nlohmann::json;

// Told by the weights' shapes and names, or of no concern once training is done.
constexpr std::string_view kPassedOver[] = {
    // shapes and names tell these
    "class_token", "fc_norm", "use_fc_norm", "final_norm", "embed_dim", "depth", "depths", "dims",
    "patch_size", "mlp_ratio", "qkv_bias", "proj_bias", "qkv_fused", "in_chans", "no_embed_class",
    "swiglu_mlp", "scale_mlp", "scale_attn_inner", "use_abs_pos_emb", "conv_bias", "kernel_sizes",
    "num_classes",
    // these concern training
    "drop_rate", "drop_path_rate", "pos_drop_rate", "patch_drop_rate", "proj_drop_rate", "attn_drop_rate",
    "head_init_scale", "ls_init_value", "weight_init", "fix_init",
    // and these how freely a size may be chosen
    "strict_img_size", "dynamic_img_size", "dynamic_img_pad"};

// Keys that are known with one value alone.
struct OneValue {
    std::string_view key;
    const char* value;
};
constexpr OneValue kOneValue[] = {{"use_rot_pos_emb", "true"},
                                  {"rope_type", "\"cat\""},
                                  {"rope_grid_offset", "0"},
                                  {"rope_grid_indexing", "\"ij\""},
                                  {"rope_temperature", "10000"},
                                  {"rope_rotate_half", "false"},
                                  {"always_partition", "false"},
                                  {"pretrained_window_sizes", "[0,0,0,0]"},
                                  {"pool_include_prefix", "false"},
                                  {"conv_mlp", "false"},
                                  {"use_grn", "false"},
                                  {"head_norm_first", "false"},
                                  {"output_stride", "32"},
                                  {"stem_type", "\"patch\""},
                                  {"qk_norm", "false"},
                                  {"pre_norm", "false"},
                                  {"reg_tokens", "0"},
                                  {"num_reg_tokens", "0"},
                                  {"init_values", "null"},
                                  {"norm_layer", "null"},
                                  {"head_hidden_size", "null"}};

constexpr std::int64_t kMostSide =
    4096;  // of images, windows and grids; a wrong one would want all the memory there is

class ConfigReader {
  public:
    explicit ConfigReader(std::string name) : name_(std::move(name)) {}

    ModelConfig read(std::string_view text) {
        const auto json = Json::parse(text, nullptr, false);
        if (!json.is_object())
            base::fail(
                base::ErrorCode::Corrupt, fmt::format("{} is not a JSON object.", name_),
                "It is damaged. Download it again, or remove it: the settings of WD v3 are taken then.");
        if (json.contains("architecture"))
            config_.architecture = text_of(json["architecture"], "architecture");
        if (json.contains("num_classes")) config_.outputs = whole_of(json["num_classes"], "num_classes");
        if (json.contains("global_pool")) take_pool(json["global_pool"]);
        if (json.contains("pretrained_cfg")) take_pretrained(json["pretrained_cfg"]);
        if (json.contains("model_args"))
            for (const auto& [key, value] : object_of(json["model_args"], "model_args").items())
                take_argument(key, value);
        return std::move(config_);
    }

  private:
    std::string name_;
    ModelConfig config_;

    [[noreturn]] void wrong_kind(const std::string& key, const char* wanted) const {
        base::fail(base::ErrorCode::Corrupt,
                   fmt::format("{}: \"{}\" wants {}.", name_, base::printable(key), wanted),
                   "The file is damaged, or of another kind. Download it again.");
    }
    [[noreturn]] void not_built(const std::string& key, const std::string& value) const {
        base::fail(base::ErrorCode::Unsupported,
                   fmt::format("{}: {} = {} makes a network that this program cannot compute.", name_,
                               base::printable(key), base::printable_start(value, 80)),
                   "Take one of the WD v3 taggers: ViT, ViT-large, ConvNeXt, SwinV2 or EVA02-large.");
    }

    const Json& object_of(const Json& json, const char* key) const {
        if (!json.is_object()) wrong_kind(key, "an object");
        return json;
    }
    std::string text_of(const Json& json, const std::string& key) const {
        if (!json.is_string()) wrong_kind(key, "a text");
        return json.get<std::string>();
    }
    std::int64_t whole_of(const Json& json, const std::string& key) const {
        if (!json.is_number_integer() || json.get<double>() < 1 || json.get<double>() > 1e6)
            wrong_kind(key, "a whole number from 1 to a million");
        return json.get<std::int64_t>();
    }
    // 448 or [448, 448]
    std::int64_t side_of(const Json& json, const std::string& key) const {
        if (json.is_array() && (json.size() != 2 || json[0] != json[1])) not_built(key, json.dump());
        const auto side = whole_of(json.is_array() ? json[0] : json, key);
        if (side > kMostSide) wrong_kind(key, "a side of up to 4096");
        return side;
    }
    std::array<double, 3> channels_of(const Json& json, const std::string& key, double above) const {
        std::array<double, 3> numbers{};
        if (!json.is_array() || json.size() != 3) wrong_kind(key, "three numbers");
        for (std::size_t i = 0; i < 3; ++i) {
            if (!json[i].is_number()) wrong_kind(key, "three numbers");
            numbers[i] = json[i].get<double>();
            if (!std::isfinite(numbers[i]) || numbers[i] <= above)
                wrong_kind(key, "numbers that can be used");
        }
        return numbers;
    }

    void take_pool(const Json& json) {
        const auto word = text_of(json, "global_pool");
        if (word != "avg" && word != "token") not_built("global_pool", word);
        config_.pool = word == "avg" ? Pool::Average : Pool::Token;
    }
    void take_pretrained(const Json& json) {
        object_of(json, "pretrained_cfg");
        if (json.contains("mean")) config_.mean = channels_of(json["mean"], "mean", -1e6);
        if (json.contains("std")) config_.deviation = channels_of(json["std"], "std", 0);
        if (!json.contains("input_size")) return;
        const auto& size = json["input_size"];
        if (!size.is_array() || size.size() != 3 || size[0] != 3) not_built("input_size", size.dump());
        if (!config_.image_px) config_.image_px = side_of(Json{size[1], size[2]}, "input_size");
    }

    void take_argument(const std::string& key, const Json& value) {
        if (key == "act_layer") {
            const auto word = text_of(value, key);
            if (word != "gelu" && word != "gelu_tanh" && word != "gelu_erf") not_built(key, word);
            config_.activation = word == "gelu_tanh" ? Activation::GeluTanh : Activation::Gelu;
        } else if (key == "global_pool") {
            take_pool(value);
        } else if (key == "img_size") {
            config_.image_px = side_of(value, key);
        } else if (key == "num_heads") {
            if (!value.is_array())
                config_.heads = whole_of(value, key);  // of a SwinV2 they are told by the weights
        } else if (key == "window_size") {
            config_.window = side_of(value, key);
        } else if (key == "ref_feat_shape") {
            config_.grid_cells = side_of(value, key);
        } else if (key == "norm_eps") {
            if (!value.is_number() || value.get<double>() <= 0) wrong_kind(key, "a number above 0");
            config_.norm_eps = value.get<double>();
        } else {
            pass_over(key, value);
        }
    }

    void pass_over(const std::string& key, const Json& value) const {
        const auto* one = std::find_if(std::begin(kOneValue), std::end(kOneValue),
                                       [&](const OneValue& known) { return known.key == key; });
        if (one != std::end(kOneValue)) {
            if (value != Json::parse(one->value)) not_built(key, value.dump());
        } else if (std::find(std::begin(kPassedOver), std::end(kPassedOver), key) == std::end(kPassedOver)) {
            not_built(key, value.dump());
        }
    }
};

}  // namespace

ModelConfig parse_model_config(std::string_view json, const std::string& name) {
    return ConfigReader(name).read(json);
}

std::optional<ModelConfig> read_model_config(const base::Path& folder) {
    const auto file = folder / "config.json";
    if (!base::is_file(file)) return std::nullopt;
    return parse_model_config(base::read_text(file), base::printable(file.string()));
}

}  // namespace lorikeet::tag
