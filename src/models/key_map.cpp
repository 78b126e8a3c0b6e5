#include "models/key_map.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "models/unet.hpp"

namespace lorikeet::models {

namespace {

using Renames = std::vector<std::pair<std::string_view, std::string_view>>;

const Renames kUnetEnds = {{"time_embed.0", "time_embedding.linear_1"},
                           {"time_embed.2", "time_embedding.linear_2"},
                           {"label_emb.0.0", "add_embedding.linear_1"},
                           {"label_emb.0.2", "add_embedding.linear_2"},
                           {"input_blocks.0.0", "conv_in"},
                           {"middle_block.0", "mid_block.resnets.0"},
                           {"middle_block.1", "mid_block.attentions.0"},
                           {"middle_block.2", "mid_block.resnets.1"},
                           {"out.0", "conv_norm_out"},
                           {"out.2", "conv_out"}};
const Renames kResnet = {{"in_layers.0", "norm1"},          {"in_layers.2", "conv1"},
                         {"emb_layers.1", "time_emb_proj"}, {"out_layers.0", "norm2"},
                         {"out_layers.3", "conv2"},         {"skip_connection", "conv_shortcut"}};
const Renames kVaeParts = {{"mid.block_1", "mid_block.resnets.0"},
                           {"mid.block_2", "mid_block.resnets.1"},
                           {"mid.attn_1.norm", "mid_block.attentions.0.group_norm"},
                           {"mid.attn_1.q", "mid_block.attentions.0.to_q"},
                           {"mid.attn_1.k", "mid_block.attentions.0.to_k"},
                           {"mid.attn_1.v", "mid_block.attentions.0.to_v"},
                           {"mid.attn_1.proj_out", "mid_block.attentions.0.to_out.0"},
                           {"norm_out", "conv_norm_out"}};

// Of OpenCLIP's text tower; the rest of a path stays as it is.
const Renames kOpenClipEnds = {{"embeddings.token_embedding", "token_embedding"},
                               {"embeddings.position_embedding.weight", "positional_embedding"},
                               {"encoder.layers", "transformer.resblocks"},
                               {"final_layer_norm", "ln_final"}};
const Renames kOpenClipLayer = {{"layer_norm1", "ln_1"},
                                {"layer_norm2", "ln_2"},
                                {"self_attn.out_proj", "attn.out_proj"},
                                {"mlp.fc1", "mlp.c_fc"},
                                {"mlp.fc2", "mlp.c_proj"}};

// "a.b" is the beginning of "a.b" and of "a.b.c", not of "a.bc".
bool begins(std::string_view path, std::string_view head) {
    return path.starts_with(head) && (path.size() == head.size() || path[head.size()] == '.');
}

// `path` with the first fitting beginning replaced; as it is when none fits.
std::string rename(std::string_view path, const Renames& renames) {
    for (const auto& [from, to] : renames)
        if (begins(path, from)) return std::string(to) + std::string(path.substr(from.size()));
    return std::string(path);
}

// Cuts the first word off: "4.1.proj_in" gives "4" and leaves "1.proj_in".
std::string_view take_word(std::string_view& path) {
    const auto dot = std::min(path.find('.'), path.size());
    const auto word = path.substr(0, dot);
    path.remove_prefix(std::min(dot + 1, path.size()));
    return word;
}

std::int64_t take_number(std::string_view& path) {
    const auto word = take_word(path);
    std::int64_t number = -1;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
    base::expects(error == std::errc() && end == word.data() + word.size(),
                  "a number in the path of a layer");
    return number;
}

// "input_blocks.N.M.rest", N >= 1: `blocks` of them a level, then the way down.
std::string input_block(const UnetSpec& spec, std::string_view path) {
    const auto number = take_number(path) - 1;
    const auto level = number / (spec.blocks + 1), place = number % (spec.blocks + 1);
    const auto layer = take_number(path);
    if (place == spec.blocks) {
        take_word(path);  // "op"
        return fmt::format("down_blocks.{}.downsamplers.0.conv{}{}", level, path.empty() ? "" : ".", path);
    }
    if (layer == 0) return fmt::format("down_blocks.{}.resnets.{}.{}", level, place, rename(path, kResnet));
    return fmt::format("down_blocks.{}.attentions.{}.{}", level, place, path);
}

// "output_blocks.N.M.rest": one more of them a level, the last with the way up.
std::string output_block(const UnetSpec& spec, std::string_view path) {
    const auto number = take_number(path);
    const auto level = number / (spec.blocks + 1), place = number % (spec.blocks + 1);
    const auto layer = take_number(path);
    if (layer == 0) return fmt::format("up_blocks.{}.resnets.{}.{}", level, place, rename(path, kResnet));
    if (begins(path, "conv")) return fmt::format("up_blocks.{}.upsamplers.0.{}", level, path);
    return fmt::format("up_blocks.{}.attentions.{}.{}", level, place, path);
}

// "encoder.layers.3.self_attn.q_proj.bias" to "transformer.resblocks.3.attn.in_proj_bias", the first third.
TextPlace open_clip_place(std::string_view path) {
    constexpr std::string_view kLayers = "encoder.layers.";
    if (!path.starts_with(kLayers)) return {rename(path, kOpenClipEnds)};
    path.remove_prefix(kLayers.size());
    const auto head = fmt::format("transformer.resblocks.{}.", take_number(path));
    constexpr std::string_view kThirds = "qkv";
    for (std::size_t i = 0; i < kThirds.size(); ++i)
        if (const auto part = fmt::format("self_attn.{}_proj.", kThirds[i]); path.starts_with(part))
            return {fmt::format("{}attn.in_proj_{}", head, path.substr(part.size())),
                    static_cast<std::int64_t>(i)};
    return {head + rename(path, kOpenClipLayer)};
}

// Takes note of the path of every layer and every weight.
class CollectPaths : public nn::Visitor {
  public:
    void weight(const std::string& name, at::Tensor&, at::IntArrayRef) override { paths.push_back(name); }
    void layer(const std::string& name, nn::Linear&) override { paths.push_back(name); }
    void layer(const std::string& name, nn::Conv2d&) override { paths.push_back(name); }
    std::vector<std::string> paths;
};

}  // namespace

std::string unet_to_diffusers(const UnetSpec& spec, std::string_view ldm) {
    auto renamed = rename(ldm, kUnetEnds);
    if (renamed != ldm) {
        constexpr std::array<std::string_view, 2> kEnds = {"mid_block.resnets.0.", "mid_block.resnets.1."};
        for (const auto end : kEnds)
            if (renamed.starts_with(end))
                return std::string(end) + rename(std::string_view(renamed).substr(end.size()), kResnet);
        return renamed;
    }
    const auto kind = take_word(ldm);
    if (kind == "input_blocks") return input_block(spec, ldm);
    base::expects(kind == "output_blocks", "a path that the UNet has");
    return output_block(spec, ldm);
}

std::string kohya_unet_name(const UnetSpec& spec, std::string_view ldm) {
    return "lora_unet_" + base::replace_all(unet_to_diffusers(spec, ldm), ".", "_");
}

std::string kohya_text_name(std::string_view path) {
    return "lora_te_" + base::replace_all(std::string(path), ".", "_");
}

std::string kohya_sdxl_unet_name(std::string_view ldm) {
    return "lora_unet_" + base::replace_all(std::string(ldm), ".", "_");
}

std::string kohya_sdxl_text_name(std::size_t tower, std::string_view path) {
    return fmt::format("lora_te{}_{}", tower + 1, base::replace_all(std::string(path), ".", "_"));
}

TextPlace text_place(const TextLayout& layout, std::string_view path) {
    constexpr std::string_view kHead = "text_model.";
    if (path.starts_with(kHead)) path.remove_prefix(kHead.size());
    auto place = layout.names == TextNames::OpenClip ? open_clip_place(path) : TextPlace{std::string(path)};
    place.name = layout.prefix + place.name;
    return place;
}

std::map<std::string, std::string> unet_from_diffusers(const UnetSpec& spec) {
    Unet unet(spec);
    CollectPaths collect;
    unet.visit(collect);
    std::map<std::string, std::string> names;
    for (const auto& path : collect.paths) names[unet_to_diffusers(spec, path)] = path;
    return names;
}

std::string vae_to_diffusers(std::int64_t levels, std::string_view ldm) {
    const auto side = std::string(take_word(ldm));  // "encoder", "decoder", "quant_conv", "post_quant_conv"
    if (ldm.empty() || side.ends_with("quant_conv"))
        return ldm.empty() ? side : fmt::format("{}.{}", side, ldm);
    const bool down = begins(ldm, "down");
    if (!down && !begins(ldm, "up")) {
        auto renamed = rename(ldm, kVaeParts);
        return fmt::format("{}.{}", side,
                           base::replace_all(std::move(renamed), "nin_shortcut", "conv_shortcut"));
    }
    take_word(ldm);
    const auto level = take_number(ldm);
    const auto block = down ? fmt::format("{}.down_blocks.{}", side, level)
                            : fmt::format("{}.up_blocks.{}", side, levels - 1 - level);
    auto rest =
        rename(ldm, {{"block", "resnets"}, {"downsample", "downsamplers.0"}, {"upsample", "upsamplers.0"}});
    return fmt::format("{}.{}", block, base::replace_all(std::move(rest), "nin_shortcut", "conv_shortcut"));
}

}  // namespace lorikeet::models
