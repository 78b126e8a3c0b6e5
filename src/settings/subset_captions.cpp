#include "settings/data.hpp"
#include "settings/field.hpp"

namespace lorikeet::settings {

namespace {

void describe_tags(Section<Subset>& s) {
    s.add("shuffle_tags", &Subset::shuffle_tags, "Shuffle the comma-separated tags of a caption each time.")
        .kohya("shuffle_caption");
    s.add("keep_tokens", &Subset::keep_tokens,
          "How many tags stay in front when tags are shuffled or left out. The trigger always does.")
        .range(0, 1000)
        .unit("tags")
        .kohya("keep_tokens");
    s.add("keep_separator", &Subset::keep_separator,
          "A mark in captions, such as |||: tags in front of it stay there, and so do those behind a second "
          "one, "
          "whatever is shuffled or left out. It counts instead of keep_tokens where it occurs. Empty: none.")
        .kohya("keep_tokens_separator");
    s.add("secondary_separator", &Subset::secondary_separator,
          "A mark between tags that stay together, such as ;;;. It becomes a comma. Empty: none.")
        .kohya("secondary_separator");
    s.add("tag_dropout", &Subset::tag_dropout,
          "How many tags are left out each time, from 0 to 1. Those that stay in front are not.")
        .range(0, 1)
        .kohya("caption_tag_dropout_rate");
    s.add("tag_warmup", &Subset::tag_warmup,
          "Show few tags at first, and all of them after so many epochs. 0: all from the beginning.")
        .range(0, 1e6)
        .unit("epochs")
        .kohya("token_warmup_step");
    s.add("tag_warmup_min", &Subset::tag_warmup_min,
          "How many tags are shown at first, besides those that stay in front.")
        .range(0, 1000)
        .unit("tags")
        .kohya("token_warmup_min");
}

}  // namespace

void describe_captions(Section<Subset>& s) {
    describe_tags(s);
    s.add("prefix", &Subset::prefix, "Text in front of every caption, as it is, with a blank behind it.")
        .kohya("caption_prefix");
    s.add("suffix", &Subset::suffix, "Text behind every caption, as it is, with a blank in front of it.")
        .kohya("caption_suffix");
    s.add("wildcards", &Subset::wildcards,
          "Write one of the words of {red|blue} each time, and take any line of a caption that has several. "
          "Two brackets stand for one: {{ and }}.")
        .kohya("enable_wildcard");
    s.add("caption_dropout", &Subset::caption_dropout,
          "How often an image is used without its caption, from 0 to 1. Helps to learn a style.")
        .range(0, 1)
        .kohya("caption_dropout_rate");
    s.add("caption_dropout_epochs", &Subset::caption_dropout_epochs,
          "Every N-th epoch is trained without captions. 0: none.")
        .range(0, 1e6)
        .unit("epochs")
        .kohya("caption_dropout_every_n_epochs");
}

}  // namespace lorikeet::settings
