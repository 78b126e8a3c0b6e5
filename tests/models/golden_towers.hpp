// The two tiny text towers of tools/golden/conditioning_sdxl.py, from the weights of a golden file.
#pragma once

#include <string>
#include <vector>

#include "models/clip_text.hpp"
#include "models/golden_file.hpp"

namespace lorikeet::models {

// The table of words is made by rule.
inline std::vector<ClipText> conditioning_towers(const support::GoldenFile& file) {
    std::vector<ClipText> texts;
    texts.emplace_back(ClipTextSpec{.layers = 12, .width = 4, .heads = 2, .mlp = 6});
    texts.emplace_back(ClipTextSpec{
        .layers = 3, .width = 4, .heads = 2, .mlp = 6, .projection = 6, .gelu = Gelu::Exact, .pad_id = 0});
    const auto words = at::arange(49408, at::kLong).unsqueeze(1), columns = at::arange(4, at::kLong);
    const auto table = ((31 * words + 17 * columns).remainder(97) - 48).to(at::kFloat) / 48;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto head = "weight." + std::to_string(i) + ".";
        nn::LoadWeights load(
            [&](const std::string& path) {
                if (path.find("token_embedding") != std::string::npos) return table;
                if (path == "text_projection") return file.get(head + "text_projection.weight").t();
                return file.find(head + path);
            },
            at::kFloat, support::test_device());
        texts[i].visit(load);
        load.finish();
    }
    return texts;
}

}  // namespace lorikeet::models
