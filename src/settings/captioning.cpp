#include "settings/captioning.hpp"

#include "settings/field.hpp"

namespace lorikeet::settings {

namespace {

void describe_search(Section<Captioning>& s) {
    s.add("beams", &Captioning::beams,
          "Captions that are followed at once; the likeliest of them is written.")
        .kohya("num_beams")
        .range(1, 32)
        .basic()
        .more("likelier captions, slower")
        .less("1: the likeliest word each time");
    s.add("top_p", &Captioning::top_p,
          "Draw each word from the likeliest that together have this probability (nucleus sampling), of the "
          "50 "
          "likeliest. With one beam.")
        .kohya("top_p")
        .above(0)
        .up_to(1)
        .unset("nothing is drawn, and an image always gets the same caption")
        .more("more varied captions, more of them wrong");
    s.add("min_length", &Captioning::min_length, "Minimum length in tokens, start token and prompt included.")
        .kohya("min_length")
        .range(0, 512);
    s.add("max_length", &Captioning::max_length,
          "Maximum length in tokens; a longer caption is cut, and it is said.")
        .kohya("max_length")
        .range(2, 512);
    s.add("length_penalty", &Captioning::length_penalty,
          "Beams are compared by their log-likelihood, divided by their length to this power. With several "
          "beams.")
        .range(-10, 10)
        .more("longer captions")
        .less("shorter ones");
    s.add("early_stopping", &Captioning::early_stopping,
          "End once there are as many finished captions as beams, even where a better one may follow. With "
          "several beams.");
    s.add("seed", &Captioning::seed,
          "Of what top_p draws. The same seed draws the same caption for an image.")
        .kohya("seed")
        .range(0, kMostExact);
}

}  // namespace

void describe(Section<Captioning>& s) {
    s.says(
        "How images get sentences as captions. These belong to no job: `lorikeet caption write` has them as "
        "options "
        "(`--max-length 40`) and reads them from a file of their own (`--settings captions.toml`), where "
        "they stand "
        "at the top.");
    s.add("model", &Captioning::model,
          "The folder of the captioner, with model.safetensors and tokenizer.json or vocab.txt.")
        .required()
        .basic();
    s.add("prompt", &Captioning::prompt,
          "How every caption begins, as in \"a photograph of\"; it stands there as it is typed.")
        .basic();
    describe_search(s);
    s.add("existing", &Captioning::existing, "What becomes of captions that are there already.").basic();
    s.add("extension", &Captioning::extension, "The ending of new captions.")
        .required()
        .kohya("caption_extension");
    s.add("recursive", &Captioning::recursive, "Also images in folders inside.");
    s.add("device", &Captioning::device, "What computes.").effect(Effect::Speed);
    s.add("precision", &Captioning::precision,
          "The numbers that it computes in. In bfloat16 a word differs now and then.");
    s.rule(
        {"beams", "top_p"}, [](const Captioning& c) { return c.beams > 1 && c.top_p.has_value(); },
        "exclude each other: words are drawn with one beam.", Fix{"beams", "1"});
    s.rule(
        {"min_length", "max_length"}, [](const Captioning& c) { return c.min_length > c.max_length; },
        "cannot both be: the least is more than the most.", Fix{"min_length", "0"});
    s.rule(
        {"extension"}, [](const Captioning& c) { return !is_caption_extension(c.extension); },
        "must begin with a dot and name no folder.", Fix{"extension", ".txt"});
}

}  // namespace lorikeet::settings
