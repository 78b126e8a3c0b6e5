// Images that training never drew, through the tagger and the default settings of `lorikeet tag`, against their true tags.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "example.hpp"
#include "tag/tagger.hpp"

namespace lorikeet::tiny_tagger {

struct TagCount {  // images in which a tag was
    std::string name;
    std::string group;      // "coloured shapes"
    std::size_t right = 0;  // true and found
    std::size_t false_ones = 0;
    std::size_t missed = 0;

    double precision() const;  // 1 where it was never found, and so on
    double recall() const;
    double f1() const;
};

struct TaggerExam {
    std::vector<TagCount> tags;  // all, in the tagger's order; of ratings the likeliest counts
    std::vector<io::Image>
        images;  // as the network saw them, the first fifty, in a frame: green where every tag is right
    std::size_t asked = 0;         // images
    std::size_t wholly_right = 0;  // each true tag found, and no other

    TagCount total() const;
    std::vector<TagCount> groups() const;
};

inline constexpr std::uint64_t kExamSeed = 1013;

// The tags that the tagger gives an image at the default thresholds, the rating too; with underscores.
std::vector<std::string> tags_for(tag::Tagger& tagger, const io::Image& image);

TaggerExam examine(tag::Tagger& tagger, std::size_t count, Look look, std::uint64_t seed = kExamSeed);

// For people: totals and groups; for the folder of the tagger: every tag, as a table (CSV).
std::string in_words(const TaggerExam& exam);
std::string table_of(const TaggerExam& exam);

}  // namespace lorikeet::tiny_tagger
