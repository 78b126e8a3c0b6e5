// What the demo shows: one drawing with the pictures, the loss and the settings, as SVG, and an HTML page around it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "io/image.hpp"

namespace lorikeet::studio {

// A row of pictures with what it shows in front.
struct PictureRow {
    std::string label;  // "strength 0.5"
    std::vector<io::Image> pictures;
};

struct DemoStory {
    std::string title;
    std::string subtitle;
    std::vector<std::string> prompts;  // one above each column
    std::vector<PictureRow> rows;
    PictureRow subject;                                      // some of the pictures it was trained on
    std::vector<std::pair<std::int64_t, double>> losses;     // step, smoothed loss
    std::vector<std::pair<std::string, std::string>> facts;  // distances, time, ...
    std::string settings;                                    // the job as TOML
};

std::string poster_svg(const DemoStory& story);
std::string demo_html(const DemoStory& story);

}  // namespace lorikeet::studio
