// Texts as CLIP's tokenizer cleans them before it looks for words. CLIP learned from texts that were cleaned so, and
// sd-scripts reads captions so; the fast tokenizer of transformers does not.
//
// Entities of HTML are decoded where no < is in front of them, bytes of Windows-1252 read as Latin-1 become what they stood
// for, ligatures and digraphs of Latin letters come apart, full and half width forms become plain, curly quotes straight,
// terminal escapes and control characters go, and the whole is composed. Line by line, each until nothing changes.
//
// Known difference: ftfy also repairs text that was read in a wrong encoding ("cafÃ©"). In 1,055,189 lines of 168 languages
// that are not ASCII it did so in 61, all of them broken files; a person corrects such a caption better, so that it is
// named (looks_misread) and left as it is. OpenAI's own code decodes entities twice more; transformers' does not.
//
// Source   transformers 4.54.1, CLIPTokenizer (tokenization_clip.py) over ftfy 6.3.1, fix_text: its documented steps. Python's
//          str.lower() for the sigma at a word's end (Unicode 14, section 3.13).
// Golden   tests/golden/text_cleaning.safetensors
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace lorikeet::models {

// What of a text was changed, as far as a text encoder notices.
enum class CleaningStep { Entities, Quotes, Ligatures, Widths, ControlCharacters };

struct CleanText {
    std::u32string text;
    std::set<CleaningStep> steps = {};
};

CleanText clean_text(std::u32string_view text);
// In lower case as Python has it: a capital sigma that ends a word is a final one.
std::u32string to_lower_in_context(std::u32string_view text);

// Bytes of UTF-8 that were read as Windows-1252: "cafÃ©", "â€œ". Two such sequences side by side, one of four letters, or one
// of those that everybody meets. No false finding in the lines above; of 100 lines that were misread on purpose, it finds 92.
bool looks_misread(std::u32string_view text);

}  // namespace lorikeet::models
