// What is worth a look in a dataset before it is trained on: each finding names its images, so that a page can show them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "data/bucket.hpp"
#include "data/scan.hpp"
#include "settings/data.hpp"

namespace lorikeet::data {

struct Finding {
    std::string_view kind;            // a word that stays: "no-caption", "near-duplicates"
    std::string what;                 // "3 images have no caption."
    std::string remedy;               // what to do, or why it can stay
    std::vector<std::size_t> images;  // indices into what was linted, ascending
    // Of near duplicates: which two, and how alike, 0 to 1; the most alike first.
    struct Pair {
        std::size_t first = 0, second = 0;
        double likeness = 0;
    };
    std::vector<Pair> pairs{};
    std::vector<std::size_t>
        spare{};  // of duplicates: those that may go; one of each stays, with a caption if any has one
};

// Of images that scan() measured (Measure::Yes); those that were not are not judged by their looks. Findings come in the same
// sequence every time, the gravest first; what is fine is not among them.
std::vector<Finding> lint(const std::vector<DatasetImage>& images, const settings::Data& data);

// How many images of a dataset have a tag: lower case, the most frequent first, then by name.
struct TagCount {
    std::string tag;
    std::size_t images = 0;
};
std::vector<TagCount> count_tags(const std::vector<DatasetImage>& images);

}  // namespace lorikeet::data
