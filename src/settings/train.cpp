#include "settings/train.hpp"

#include "settings/field.hpp"

namespace lorikeet::settings {

void describe(Section<Noise>& s) {
    s.says("The noise that is added to images.");
    s.add("offset", &Noise::offset, "Noise offset: helps to learn very dark and very bright images.")
        .range(0, 1)
        .kohya("noise_offset")
        .more("stronger contrast; visible above 0.1");
    s.add("min_timestep", &Noise::min_timestep, "The first timestep to train: the least noise.")
        .range(0, 999)
        .more("skips fine detail")
        .kohya("min_timestep");
    s.add("max_timestep", &Noise::max_timestep, "The timestep to stop before: the most noise.")
        .range(1, 1000)
        .less("skips composition")
        .kohya("max_timestep");
    s.rule(
        {"min_timestep", "max_timestep"}, [](const Noise& n) { return n.min_timestep >= n.max_timestep; },
        "the first must be lower than the second.", Fix{"max_timestep", "1000"});
}

void describe(Section<Loss>& s) {
    s.says("How predictions are compared with the target.");
    s.add("min_snr", &Loss::min_snr,
          "Min-SNR gamma: gives timesteps with little noise less weight. 5 is usual and makes training "
          "steadier.")
        .above(0)
        .up_to(1000)
        .unset("all timesteps have the same weight")
        .kohya("min_snr_gamma");
    s.add("divide_by_mask", &Loss::divide_by_mask,
          "Divide the loss of a masked image by the area of its mask, so that a small mask counts as much as "
          "a whole "
          "image.");
}

void describe(Section<Train>& s) {
    s.says("Length, precision and speed of the run.");
    s.add("epochs", &Train::epochs, "How many times to go through all images.")
        .range(1, 1000000)
        .unit("epochs")
        .unset("chosen for the images")
        .basic()
        .kohya("max_train_epochs")
        .more("learns longer; too long only repeats the images")
        .less("finishes sooner");
    s.add("steps", &Train::steps, "Stop after this many steps; wins over epochs.")
        .range(1, 1e9)
        .unit("steps")
        .unset("as epochs say")
        .basic()
        .kohya("max_train_steps");
    s.add("accumulate", &Train::accumulate,
          "Gradient accumulation: combine this many batches into one step, without more memory.")
        .range(1, 4096)
        .unit("batches")
        .kohya("gradient_accumulation_steps");
    s.add("precision", &Train::precision,
          "The numbers the frozen model is worked out in. The adapter is always float32. The plan says what "
          "auto comes to; a run keeps what it began with.")
        .basic()
        .kohya("mixed_precision");
    s.add("seed", &Train::seed, "Start of the random numbers: the same seed gives the same run.")
        .range(0, kMostExact)
        .kohya("seed");
    s.add("device", &Train::device, "Where to train.").effect(Effect::Speed);
    s.add("tf32", &Train::tf32,
          "Let a GPU compute float32 products in TF32: several times faster, with the accuracy of float16.");
    s.add("record_steps", &Train::record_steps,
          "Record a training step once and replay it on the GPU (CUDA graphs): faster, same numbers.")
        .effect(Effect::Speed);
    s.add("threads", &Train::threads, "Processor threads to compute with. 0: one for each processor.")
        .range(0, 1024)
        .unit("threads")
        .effect(Effect::Speed);
    s.add("recompute", &Train::recompute, "Gradient checkpointing: less memory, slower steps, same result.")
        .effect(Effect::Speed)
        .kohya("gradient_checkpointing");
}

}  // namespace lorikeet::settings
