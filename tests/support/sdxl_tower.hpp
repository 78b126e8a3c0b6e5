// The tiny text towers of tools/golden/sdxl.py, from a golden file that holds them below "text.0." (transformers' names)
// and "text.1." (OpenCLIP's).
#pragma once

#include <string>
#include <vector>

#include "models/clip_text.hpp"
#include "models/key_map.hpp"
#include "nn/visitors.hpp"
#include "support/golden.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::support {

inline std::vector<models::ClipText> sdxl_towers(const GoldenFile& file, bool with_gradients) {
    std::vector<models::ClipText> texts;
    texts.emplace_back(models::ClipTextSpec{
        .layers = 2, .width = 4, .heads = 2, .mlp = 8, .positions = 6, .words = 20, .end_id = 19});
    texts.emplace_back(models::ClipTextSpec{.layers = 3,
                                            .width = 8,
                                            .heads = 2,
                                            .mlp = 12,
                                            .positions = 6,
                                            .words = 20,
                                            .projection = 6,
                                            .gelu = models::Gelu::Exact,
                                            .end_id = 19});
    const models::TextLayout open_clip{"text.1.", models::TextNames::OpenClip};
    for (std::size_t i = 0; i < texts.size(); ++i) {
        nn::LoadWeights load(
            [&](const std::string& path) {
                const auto place = i == 0 ? models::TextPlace{"text.0." + path}
                                          : models::text_place(open_clip, path);
                auto weight = file.find(place.name);
                if (weight.defined() && place.third >= 0)
                    weight = weight.chunk(3)[static_cast<std::size_t>(place.third)];
                return weight.defined() ? weight.to(at::kFloat, false, true).requires_grad_(with_gradients)
                                        : weight;
            },
            at::kFloat, test_device());
        texts[i].visit(load);
        load.finish();
    }
    return texts;
}

}  // namespace lorikeet::support
