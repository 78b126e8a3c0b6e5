// A tagger: images in, a score for each of its tags out. The networks of this floor make one; another runtime can make one
// too, since nothing here names how scores come about.
//
// Shapes   images are squares of image_px() a side (square.hpp);  scores [image][tag], from 0 to 1.
// Throws   Error{NotFound} for a folder that lacks a file, and what network_weights, model_config and tag_list throw;
//          Error{Corrupt} for a list of tags that does not fit the network, or where all scores of an image are NaN.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "io/image.hpp"
#include "settings/tagging.hpp"
#include "tag/tag_list.hpp"

namespace lorikeet::tag {

using Scores = std::vector<float>;  // one for each tag

struct TaggerFacts {
    std::string network;  // "ViT"
    std::string device;   // where it computes, as it is: "CPU", "NVIDIA H200"
    std::string numbers;  // "float32", "bfloat16"
    std::int64_t image_px = 0;
    std::int64_t at_once = 1;        // images that are best given together
    std::vector<std::string> notes;  // sentences: what was assumed
    std::string fingerprint;         // of weights and tags: kept scores are of it
};

class Tagger {
  public:
    virtual ~Tagger() = default;
    virtual const TaggerFacts& facts() const = 0;
    virtual const TagList& tags() const = 0;
    virtual std::vector<Scores> scores(std::span<const io::Image> squares) = 0;
};

// From a folder with model.safetensors, selected_tags.csv and perhaps config.json.
std::unique_ptr<Tagger> open_tagger(const base::Path& folder, settings::DeviceChoice device,
                                    settings::TagPrecision precision);

}  // namespace lorikeet::tag
