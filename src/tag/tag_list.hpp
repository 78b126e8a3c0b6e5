// The tags that a tagger knows, in the order of its outputs: selected_tags.csv of the WD taggers.
//
// Source   the first line is "tag_id,name,category,count"; categories are Danbooru's, and 9 for ratings.
// Throws   Error{Corrupt} for a file that is cut off or not such a list, naming the line; Error{Unsupported} for a category
//          that is none of these.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::tag {

enum class Category { General, Artist, Copyright, Character, Meta, Rating };

struct KnownTag {
    std::string name;  // as the list has it: "long_hair"
    Category category = Category::General;
    bool operator==(const KnownTag&) const = default;
};

using TagList = std::vector<KnownTag>;

// `name` is what messages call the file.
TagList parse_tag_list(std::string_view csv, const std::string& name);
TagList read_tag_list(const base::Path& file);

}  // namespace lorikeet::tag
