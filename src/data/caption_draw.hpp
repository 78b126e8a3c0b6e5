// What the text encoder is shown of a caption: another text each time, where that is asked for.
//
// A pure function of the caption, the settings and the draw: the same arguments give the same text, whoever asks and whenever.
//
// Source   kohya's sd-scripts, library/train_util.py, BaseDataset.process_caption. Unlike there, the trigger stays in front
//          whatever is shuffled or left out, prefix and suffix go with any line, empty tags are dropped, and no separator
//          is left in the text.
#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "settings/data.hpp"

namespace lorikeet::data {

struct CaptionDraw {
    std::uint64_t seed = 0;
    std::int64_t epoch = 0;
    std::int64_t place = 0;                                     // in its epoch
    double progress = std::numeric_limits<double>::infinity();  // epochs trained so far, by showings
    bool weighted = false;  // brackets are weights: they and their escapes stay, and no tag ends within them
};

// `caption` is one line, or several of which one is taken where the settings have wildcards.
//   1. by caption_dropout and caption_dropout_epochs, nothing at all;
//   2. one line; prefix and suffix; one word of each wildcard; escaped brackets are plain ones (base/prompt_syntax.hpp),
//      unless they are weights;
//   3. its tags in another order, fewer of them at first, some left out: all but those that stay in front or behind;
//   4. the trigger and ", " in front; where it is one of the tags already, in any case of its letters, it goes from there. With a
//      weight it is another tag, and stays.
std::string caption_for_draw(const settings::Subset& subset, const std::string& caption,
                             const CaptionDraw& draw);

// The text differs from one time to the next, but for a dropped caption.
bool caption_varies(const settings::Subset& subset);
// Some are dropped.
bool caption_drops(const settings::Subset& subset);
// Without what makes it vary or drops it; one of each wildcard is taken all the same.
settings::Subset without_chance(settings::Subset subset);

}  // namespace lorikeet::data
