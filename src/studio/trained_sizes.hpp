// At which sizes the images of a job are trained, for people.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data/scan.hpp"
#include "settings/data.hpp"

namespace lorikeet::studio {

struct TrainedSize {
    std::int64_t width_px = 0;
    std::int64_t height_px = 0;
    std::int64_t images = 0;  // each counted once
};

// The size of most images first. Throws what data::JobCrops throws.
std::vector<TrainedSize> trained_sizes(const std::vector<data::DatasetImage>& images,
                                       const settings::Data& data);

// "512 x 512 (12), 448 x 576 (8) and 3 more sizes".
std::string words_for(const std::vector<TrainedSize>& sizes);

}  // namespace lorikeet::studio
