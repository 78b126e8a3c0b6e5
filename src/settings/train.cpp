#include "settings/train.hpp"

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<Noise>& s) {
    s.says("The noise that pictures are mixed with.");
    s.add(
         "offset", &Noise::offset,
         "Shifts the noise of whole pictures up or down, so that very dark and very bright ones are learned.")
        .range(0, 1)
        .kohya("noise_offset")
        .more("stronger contrast; above 0.1 it shows");
    s.add("min_timestep", &Noise::min_timestep, "The least noise a picture is trained with.")
        .range(0, 999)
        .more("leaves out fine detail")
        .kohya("min_timestep");
    s.add("max_timestep", &Noise::max_timestep, "The most noise; this number itself is left out.")
        .range(1, 1000)
        .less("leaves out composition")
        .kohya("max_timestep");
    s.rule(
        {"min_timestep", "max_timestep"}, [](const Noise& n) { return n.min_timestep >= n.max_timestep; },
        "the first must be below the second.", Fix{"max_timestep", "1000"});
}

void describe(Section<Loss>& s) {
    s.says("How a guess is judged.");
    s.add("min_snr", &Loss::min_snr,
          "Gives nearly clean pictures less weight (Min-SNR gamma). 5 is usual; learning becomes steadier.")
        .above(0)
        .up_to(1000)
        .unset("every timestep counts the same")
        .kohya("min_snr_gamma");
}

void describe(Section<Train>& s) {
    s.says("The run itself.");
    s.add("epochs", &Train::epochs, "How often all the pictures are gone through.")
        .range(1, 1000000)
        .unit("epochs")
        .basic()
        .kohya("max_train_epochs")
        .more("learns longer; too long and it only repeats the pictures")
        .less("is done sooner");
    s.add("steps", &Train::steps, "Stops after so many steps, whatever epochs says.")
        .range(1, 1e9)
        .unit("steps")
        .unset("as epochs says")
        .basic()
        .kohya("max_train_steps");
    s.add("accumulate", &Train::accumulate,
          "Gathers so many batches into one step: a larger batch without its memory.")
        .range(1, 4096)
        .unit("batches")
        .kohya("gradient_accumulation_steps");
    s.add("precision", &Train::precision,
          "The numbers the frozen model is worked out in. The adapter is always float32. The plan says what "
          "auto comes to; a run keeps what it began with.")
        .basic()
        .kohya("mixed_precision");
    s.add("seed", &Train::seed, "Where chance begins: the same seed gives the same run.")
        .range(0, kMostExact)
        .kohya("seed");
    s.add("device", &Train::device, "Where it is worked out.").effect(Effect::Speed);
    s.add("tf32", &Train::tf32,
          "Lets a GPU round float32 products to TF32: several times as fast, and as exact as float16.");
    s.add("record_steps", &Train::record_steps,
          "Records the work of a step and plays it back to the GPU in one piece, so that it never waits for "
          "the "
          "processor. The numbers are the same.")
        .effect(Effect::Speed);
    s.add("threads", &Train::threads, "Threads for the arithmetic. 0: as many as there are processors.")
        .range(0, 1024)
        .unit("threads")
        .effect(Effect::Speed);
    s.add("recompute", &Train::recompute,
          "Computes the inside of each block twice instead of keeping it (gradient checkpointing): the same "
          "result, in "
          "less memory.")
        .effect(Effect::Speed)
        .kohya("gradient_checkpointing");
}

}  // namespace lorikeet::settings
