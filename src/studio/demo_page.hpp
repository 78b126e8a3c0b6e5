// What the demo shows: one drawing with the images, the loss and the settings, as SVG, and an HTML page around it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "io/image.hpp"

namespace lorikeet::studio {

// A row of images with what it shows in front.
struct ImageRow {
    std::string label;  // "strength 0.5"
    std::vector<io::Image> images;
};

struct DemoStory {
    std::string title;
    std::string subtitle;
    std::vector<std::string> prompts;  // one above each column
    std::vector<ImageRow> rows;
    ImageRow subject;                                        // some of the images it was trained on
    std::vector<std::pair<std::int64_t, double>> losses;     // step, smoothed loss
    std::vector<std::pair<std::string, std::string>> facts;  // distances, time, ...
    std::string settings;                                    // the job as TOML
};

std::string poster_svg(const DemoStory& story);
std::string demo_html(const DemoStory& story);

}  // namespace lorikeet::studio
