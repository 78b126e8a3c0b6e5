// The tiny networks of the golden files, as folders that a tagger is opened from.
#pragma once

#include <string>

#include <ATen/core/grad_mode.h>

#include "support/golden.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_tagger.hpp"
#include "tag/model_config.hpp"
#include "tag/network.hpp"
#include "tag/network_weights.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::tag {

using support::tag_lines;
using support::write_tagger;

// Weights under timm's own names.
inline tensor::NamedTensors weights_of_golden(const std::string& name) {
    const auto file = support::golden(name);
    tensor::NamedTensors weights;
    for (const auto& entry : file.entries())
        if (entry.name.starts_with("weight."))
            weights[entry.name.substr(7)] = file.tensor::WeightFile::get(entry.name).clone();
    return weights;
}

inline std::string config_of_golden(const std::string& name) {
    return support::golden(name).metadata().at("config");
}

// The network of a golden file with its weights, loaded the way of a tagger.
inline std::unique_ptr<TaggerNetwork> network_of_golden(const std::string& name,
                                                        at::ScalarType type = at::kFloat) {
    const support::TempFolder folder;
    write_tagger(folder.path(), name);
    const tensor::WeightFile file(folder.path() / "model.safetensors");
    auto network = make_network(WeightShapes(file.entries()), read_model_config(folder.path()));
    load_weights(*network, file, {type, support::test_device()});
    return network;
}

inline void expect_as_timm(const std::string& name) {
    const auto file = support::golden(name);
    const auto network = network_of_golden(name);
    const at::NoGradGuard no_gradient;
    support::expect_near((*network)(file.get("pixels")), file.get("logits"), 1e-5, name);
    // Each image by itself is what it is among others.
    support::expect_near((*network)(file.get("pixels").narrow(0, 1, 1)), file.get("logits").narrow(0, 1, 1),
                         1e-5, name);
}

}  // namespace lorikeet::tag
