// Scores of an image to the tags of its caption, as the settings say.
//
// In this order: names of characters are parted, underscores become blanks, replacements are made, tags that are excluded
// go; then, of each image, the tags whose score is high enough, in the order of the tagger's list, characters in front
// where that is wished; the likeliest rating; each tag once; implied ones go; the first tags to the front.
//
// Source   kohya's sd-scripts, finetune/tag_images_by_wd14_tagger.py, without its faults: first tags keep their order,
//          a replacement concerns its own tag alone, excluded tags are found with blanks or underscores, a list with
//          more categories than three does not shift the names.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "settings/tagging.hpp"
#include "tag/tag_list.hpp"

namespace lorikeet::tag {

class TagChooser {
  public:
    // Throws Error{InvalidInput} for a threshold or a replacement of a tag that the tagger does not know, and for two of one tag.
    TagChooser(const TagList& tags, const settings::Tagging& rules);

    // As many scores as there are tags.
    std::vector<std::string> choose(std::span<const float> scores) const;

    // Whether a tag reaches its threshold, be it excluded or not.
    bool reaches(std::span<const float> scores) const;

    // Sentences: excluded and first tags that are none of this tagger.
    const std::vector<std::string>& notes() const { return notes_; }

    // The lowest score that can make a tag: lower ones need not be kept.
    double least() const { return least_; }

  private:
    struct Choice {
        std::vector<std::string> texts;  // as they are written; none: never
        Category category;
        double threshold;
    };
    void note_unmet(const TagList& tags);
    const Choice* likeliest_rating(std::span<const float> scores) const;

    settings::Tagging rules_;
    std::vector<Choice> choices_;
    std::vector<std::string> notes_;
    double least_ = 2;
};

}  // namespace lorikeet::tag
