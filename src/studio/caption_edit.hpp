// What can be done to the captions of a dataset, one caption at a time. Tags are whole tags, compared by tag_key:
// "girl" is not found in "1girl", "long hair" is found in "(Long_hair:1.2)". A * in a wanted tag stands for anything.
//
// A pure function: the same arguments give the same text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::studio {

enum class CaptionAction {
    Trigger,      // the tags stand in front, once, in their order
    Add,          // the tags, where they are not there yet, at the end or in front
    Remove,       // the tags
    Replace,      // the tags by `with`, in the place of the first of them
    Move,         // the tags, where they are there, to the front or to the end
    Dedupe,       // a tag stays where it comes first
    Sort,         // by the alphabet; the tags of `tags` stay where they are, and so do sentences
    Emphasise,    // the tags become (tag:weight)
    Plain,        // without emphasis: the tags, or all where none is named
    Blanks,       // blanks for underscores, but in faces
    Underscores,  // and back
    Prefix,       // `text` in front of the first line, as it is
    Suffix,       // `text` behind the first line, as it is
    Find,         // `text` by `replacement` wherever it stands, also inside of words and sentences
    FindPattern,  // the same with a regular expression (RE2); \1 is what its first brackets found
};

struct CaptionEdit {
    CaptionAction action = CaptionAction::Dedupe;
    std::vector<std::string> tags, with;
    std::string text, replacement;
    double weight = 1.1;    // of Emphasise
    bool in_front = false;  // of Add and Move
    // Only captions that have these tags are changed: all of them, or any.
    std::vector<std::string> only_with;
    bool any = false;
};

// Throws   Error{InvalidInput} for an edit that lacks what it needs, and for a regular expression that is none.
void check_edit(const CaptionEdit& edit);

// The bytes of the file as they will be; the same bytes where nothing is to be done.
// Throws   Error{InvalidInput} naming `name` for what is no UTF-8 text.
std::string edit_caption(const std::string& bytes, const std::string& name, const CaptionEdit& edit);

// "a, b" -> "a"; "b"
std::vector<std::string> tags_typed(std::string_view text);

}  // namespace lorikeet::studio
