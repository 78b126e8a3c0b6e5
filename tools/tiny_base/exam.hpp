// Fifty prompts, generated and judged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "io/image.hpp"
#include "judge.hpp"
#include "models/clip_text.hpp"
#include "models/tokenizer.hpp"
#include "models/unet.hpp"
#include "models/vae.hpp"

namespace lorikeet::tiny_base {

// Everything that sampling needs, borrowed.
struct SampleGenerator {
    const models::Unet& unet;
    const models::Vae& vae;
    const models::ClipText& text;
    const models::Tokenizer& tokenizer;
    double latent_scale = 1;
};

std::vector<io::Image> paint_prompts(const SampleGenerator& generator,
                                     const std::vector<std::string>& prompts, double cfg, std::uint64_t seed);

std::vector<Thing> exam_things();  // always the same fifty
struct Exam {
    Score score;
    std::vector<io::Image> images;
};
Exam examine(const SampleGenerator& generator, double cfg, std::uint64_t seed);

// The judge itself on clean drawings of the world: what it says can be believed so far.
Score measure_judge(std::int64_t count, const models::Vae* through);

}  // namespace lorikeet::tiny_base
