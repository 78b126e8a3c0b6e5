// Images from a model and any number of LoRAs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/event.hpp"
#include "base/file.hpp"
#include "settings/sample.hpp"

namespace lorikeet::studio {

struct LoraUse {
    base::Path file;
    double strength = 1;
};
// "style.safetensors:0.7", or a file alone. Throws Error{InvalidInput} when what follows the last ':' is no number.
LoraUse parse_lora_use(std::string_view text);

struct SampleRequest {
    std::string model = "tiny";
    std::string prompt;
    std::string negative;
    std::int64_t steps = 25;
    double cfg = 7;
    std::uint64_t seed = 1;                           // of the first image; each further one adds 1
    std::optional<std::int64_t> width_px, height_px;  // unset: the model's own size
    settings::SamplerKind sampler = settings::SamplerKind::Ddim;
    std::int64_t clip_skip = 1;
    std::int64_t max_tokens = 75;
    std::int64_t count = 1;
    std::vector<LoraUse> loras;
    // Each seed once with every LoRA at its strength times each of these: 0 is the model alone. Empty: once, as it is.
    std::vector<double> strengths;
    base::Path out;  // a folder, or a .png (numbered from the second on); empty: the working directory
    bool overwrite = false;  // images named so that are there already
};

// How many images a request makes.
std::int64_t images_of(const SampleRequest& request);

// Tells, as events, what happens: phase {name: loading, sampling}, progress {done, total: of the sampler's steps;
// image (from 0), images}, note {text: what of a LoRA is not used}, sample {file, prompt, seed, strength}, end {reason, text, hint}.
//
// Writes the images as PNG with their settings in the text chunk `parameters`, in the words that AUTOMATIC1111's
// web UI writes and reads. The model is loaded once.
// Throws   Error{Conflict} before anything is loaded when a .png of one of the names is there and may not be replaced.
std::vector<base::Path> sample(const SampleRequest& request, const base::Cancel& cancel,
                               base::EventSink& events);

}  // namespace lorikeet::studio
