// How images are tagged: `lorikeet tag` and the page of tags. These are no part of a job; a file of them has the keys at its
// top.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "settings/describe.hpp"
#include "settings/train.hpp"

namespace lorikeet::settings {

enum class RatingTag { None, First, Last };
constexpr Choice say(RatingTag choice) {
    switch (choice) {
        case RatingTag::None: return {"none", "No rating is written."};
        case RatingTag::First: return {"first", "Before all other tags."};
        case RatingTag::Last: return {"last", "Behind all other tags."};
    }
    return {};
}

enum class ExistingCaption { Skip, Append, Overwrite };
constexpr Choice say(ExistingCaption choice) {
    switch (choice) {
        case ExistingCaption::Skip: return {"skip", "An image that has a caption keeps it."};
        case ExistingCaption::Append: return {"append", "What it lacks is added at its end."};
        case ExistingCaption::Overwrite: return {"overwrite", "The new one takes its place."};
    }
    return {};
}

enum class TagPrecision { Auto, Float32, Bfloat16 };
constexpr Choice say(TagPrecision choice) {
    switch (choice) {
        case TagPrecision::Auto: return {"auto", "bfloat16 where the device is fast in it, else float32."};
        case TagPrecision::Float32: return {"float32", "Exact."};
        case TagPrecision::Bfloat16:
            return {"bfloat16", "Faster on a device that has it; scores differ in the third digit."};
    }
    return {};
}

struct Tagging {
    std::string model = {};  // the folder of the tagger
    double threshold = 0.35;
    std::optional<double> general_threshold = {};
    std::optional<double> character_threshold = {};
    std::optional<double> rating_threshold = {};
    std::vector<std::string> tag_thresholds = {};  // "tag=0.5"
    RatingTag rating = RatingTag::None;
    bool characters_first = false;
    std::vector<std::string> first_tags = {};
    std::vector<std::string> exclude = {};  // * stands for anything
    std::string replace = {};               // "source,target;source,target"
    bool split_characters = false;          // name_(series)
    bool drop_implied = false;
    bool underscores = false;
    ExistingCaption existing = ExistingCaption::Skip;
    std::string extension = ".txt";
    bool recursive = true;
    bool keep_scores = false;
    DeviceChoice device = DeviceChoice::Auto;
    TagPrecision precision = TagPrecision::Auto;
};

void describe(Section<Tagging>& section);

// "long hair=0.5" -> the tag and the number; nothing for what is not that.
std::optional<std::pair<std::string, double>> tag_threshold_of(const std::string& text);

// "a,b;c,d" -> (a, b), (c, d); \, and \; are a comma and a semicolon of a tag. Nothing where a part is no pair.
std::optional<std::vector<std::pair<std::string, std::string>>> replacements_of(const std::string& text);

// ".txt", but not "txt", "." or "a/b".
bool is_caption_extension(const std::string& text);

}  // namespace lorikeet::settings
