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

std::string config_file(const tag::ConvNextSpec& spec) {
    using Json = nlohmann::ordered_json;
    base::expects(spec.activation == tag::Activation::Gelu && !spec.has_scale && spec.kernel == 7,
                  "config.json says what the network is");
    Json depths, widths;
    for (const auto& stage : spec.stages) {
        base::expects(stage.mlp == 4 * stage.width, "config.json says what the network is");
        depths.push_back(stage.depth);
        widths.push_back(stage.width);
    }
    const Json half{0.5, 0.5, 0.5};
    const Json config{{"architecture", "convnext_tiny"},
                      {"num_classes", spec.outputs},
                      {"num_features", spec.stages.back().width},
                      {"global_pool", "avg"},
                      {"model_args",
                       {{"depths", depths},
                        {"dims", widths},
                        {"patch_size", spec.patch},
                        {"ls_init_value", nullptr},
                        {"act_layer", "gelu"}}},
                      {"pretrained_cfg",
                       {{"input_size", Json{3, spec.image_px, spec.image_px}},
                        {"fixed_input_size", true},
                        {"interpolation", "bicubic"},
                        {"crop_pct", 1.0},
                        {"crop_mode", "center"},
                        {"mean", half},
                        {"std", half},
                        {"num_classes", spec.outputs},
                        {"first_conv", "stem.0"},
                        {"classifier", "head.fc"},
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
