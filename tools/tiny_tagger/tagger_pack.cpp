#include "tagger_pack.hpp"

#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "known_tags.hpp"
#include "stage.hpp"
#include "tagger_stage.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::tiny_tagger {

std::string config_file(const tag::VitSpec& spec) {
    using Json = nlohmann::ordered_json;
    base::expects(spec.activation == tag::Activation::GeluTanh && spec.pool == tag::Pool::Average &&
                      !spec.has_class_token && !spec.norm_follows_pool && spec.mlp == 4 * spec.width,
                  "config.json says what the network is");
    const auto side_px = spec.patch * spec.grid;
    const Json half{0.5, 0.5, 0.5};
    const Json config{{"architecture", "vit_tiny_patch16_224"},
                      {"num_classes", spec.outputs},
                      {"num_features", spec.width},
                      {"global_pool", "avg"},
                      {"model_args",
                       {{"img_size", side_px},
                        {"patch_size", spec.patch},
                        {"embed_dim", spec.width},
                        {"depth", spec.depth},
                        {"num_heads", spec.heads},
                        {"class_token", false},
                        {"global_pool", "avg"},
                        {"fc_norm", false},
                        {"act_layer", "gelu_tanh"}}},
                      {"pretrained_cfg",
                       {{"input_size", Json{3, side_px, side_px}},
                        {"fixed_input_size", true},
                        {"interpolation", "bicubic"},
                        {"crop_pct", 1.0},
                        {"crop_mode", "center"},
                        {"mean", half},
                        {"std", half},
                        {"num_classes", spec.outputs},
                        {"first_conv", "patch_embed.proj"},
                        {"classifier", "head"},
                        {"license", "apache-2.0"}}}};
    return config.dump(2) + "\n";
}

std::string pack_tagger(const base::Path& folder, std::int64_t steps, const base::Path& tagger) {
    tensor::NamedTensors weights;
    for (const auto& [name, weight] : tiny_base::read_stage(folder / "tagger.safetensors"))
        weights[name] = weight.to(at::kHalf);
    std::filesystem::create_directories(tagger);
    tensor::save_tensors(
        tagger / "model.safetensors", weights,
        {{"format", "pt"}, {"modelspec.title", "Lorikeet tiny tagger"}, {"modelspec.license", "Apache-2.0"}});
    base::write_whole(tagger / "selected_tags.csv", tag_list_file(count_tags(steps)));
    base::write_whole(tagger / "config.json", config_file(tagger_spec()));
    std::string lines;
    for (const auto* name : {"model.safetensors", "selected_tags.csv", "config.json"})
        lines += fmt::format("{}: {} bytes, SHA-256 {}\n", name, std::filesystem::file_size(tagger / name),
                             base::sha256_file(tagger / name));
    return lines;
}

}  // namespace lorikeet::tiny_tagger
