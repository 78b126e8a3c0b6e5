#include "settings/sample.hpp"

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<Prompt>& s) {
    s.says("One picture to be made.");
    s.add("text", &Prompt::text, "What it shall show.").required().basic().effect(Effect::Record);
    s.add("negative", &Prompt::negative, "What it shall not show.").effect(Effect::Record);
    s.add("seed", &Prompt::seed, "Where chance begins: the same seed gives comparable pictures.")
        .range(0, kMostExact)
        .effect(Effect::Record);
}

void describe(Section<Sample>& s) {
    s.says("Pictures made on the way, to see how it goes.");
    s.add("prompts", &Sample::prompts, "The pictures to be made.")
        .count(0, 1000)
        .effect(Effect::Record)
        .kohya("sample_prompts");
    s.add("every_steps", &Sample::every_steps, "Paints the prompts so often. 0: not on the way.")
        .range(0, 1e9)
        .unit("steps")
        .basic()
        .effect(Effect::Record)
        .kohya("sample_every_n_steps");
    s.add("at_start", &Sample::at_start, "Makes them before the first step too, to compare with.")
        .effect(Effect::Record)
        .kohya("sample_at_first");
    s.add("at_end", &Sample::at_end, "Makes them when the run is done.").effect(Effect::Record);
    s.add("steps", &Sample::steps, "Steps of the sampler for one picture.")
        .range(1, 999)
        .unit("steps")
        .effect(Effect::Record)
        .more("finer; slower")
        .less("quicker; rougher");
    s.add("cfg", &Sample::cfg, "How strictly the prompt is followed. 1: not at all strictly.")
        .range(1, 50)
        .effect(Effect::Record)
        .more("closer to the prompt, harder colours")
        .less("softer, freer");
    s.add("sampler", &Sample::sampler, "The way from noise to picture.")
        .effect(Effect::Record)
        .kohya("sample_sampler");
    s.add("size", &Sample::size, "One side of a square, or width and height. Empty: as data.resolution.")
        .range(64, 4096)
        .multiple_of(8)
        .count(0, 2)
        .unit("px")
        .effect(Effect::Record);
    s.rule(
        {"every_steps", "prompts"}, [](const Sample& p) { return p.every_steps > 0 && p.prompts.empty(); },
        "pictures are asked for, but there is no prompt. Add [[sample.prompts]] with text = \"...\".",
        Fix{"every_steps", "0"});
}

}  // namespace lorikeet::settings
