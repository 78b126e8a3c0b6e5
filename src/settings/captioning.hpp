// How images get sentences as captions: `lorikeet caption write`. These are no part of a job; a file of them has the keys at
// its top.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "settings/describe.hpp"
#include "settings/tagging.hpp"

namespace lorikeet::settings {

struct Captioning {
    std::string model = {};   // the folder of the captioner
    std::string prompt = {};  // how every caption begins
    std::int64_t beams = 1;
    std::optional<double> top_p = {};  // unset: nothing is drawn
    std::int64_t min_length = 5;       // tokens
    std::int64_t max_length = 75;
    double length_penalty = 1;
    bool early_stopping = false;
    std::int64_t seed = 1;
    ExistingCaption existing = ExistingCaption::Skip;
    std::string extension = ".txt";
    bool recursive = true;
    DeviceChoice device = DeviceChoice::Auto;
    TagPrecision precision = TagPrecision::Auto;
};

void describe(Section<Captioning>& section);

}  // namespace lorikeet::settings
