#include "settings/sample.hpp"

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<Prompt>& s) {
    s.says("One image to generate.");
    s.add("text", &Prompt::text, "What the image should show.").required().basic().effect(Effect::Record);
    s.add("negative", &Prompt::negative, "What the image should not show.").effect(Effect::Record);
    s.add("seed", &Prompt::seed, "The same seed gives comparable images.")
        .range(0, kMostExact)
        .effect(Effect::Record);
}

void describe(Section<Sample>& s) {
    s.says(
        "Samples: images generated during training, to see how it goes; without prompts, of the first "
        "image's "
        "caption.");
    s.add("prompts", &Sample::prompts,
          "The prompts to generate samples from. None: the caption of the first image.")
        .count(0, 1000)
        .effect(Effect::Record)
        .kohya("sample_prompts");
    s.add("every_steps", &Sample::every_steps, "Generate samples every N steps. 0 turns it off.")
        .range(0, 1e9)
        .unit("steps")
        .unset("three times on the way; not in a run of fewer than 40 steps")
        .basic()
        .effect(Effect::Record)
        .kohya("sample_every_n_steps");
    s.add("at_start", &Sample::at_start, "Generate samples before the first step too, to compare with.")
        .effect(Effect::Record)
        .kohya("sample_at_first");
    s.add("at_end", &Sample::at_end, "Generate samples when the run is done.").effect(Effect::Record);
    s.add("steps", &Sample::steps, "Sampler steps per image.")
        .range(1, 999)
        .unit("steps")
        .effect(Effect::Record)
        .more("more detail; slower")
        .less("faster; less detail");
    s.add("cfg", &Sample::cfg, "Guidance scale: how closely the prompt is followed. 1: no guidance.")
        .range(1, 50)
        .effect(Effect::Record)
        .more("closer to the prompt, harsher colours")
        .less("softer, freer");
    s.add("sampler", &Sample::sampler, "How noise becomes an image, step by step.")
        .effect(Effect::Record)
        .kohya("sample_sampler");
    s.add("size", &Sample::size, "One side of a square, or width and height. Empty: the training size.")
        .range(64, 4096)
        .multiple_of(8)
        .count(0, 2)
        .unit("px")
        .effect(Effect::Record);
}

}  // namespace lorikeet::settings
