// A prompt to an image, with whatever adapters sit in the model.
//
// The start noise is torch.manual_seed(seed)'s on the CPU, so a seed gives the image that diffusers gives with a CPU
// generator of that seed.
// A VAE that makes NaN of it in half precision is loaded again as float32.
// Throws   Error{InvalidInput} for a size that the VAE cannot halve; Error{NotFinite} when the image is no image;
//          Error{Interrupted}.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "io/image.hpp"
#include "models/model.hpp"
#include "settings/model.hpp"
#include "settings/sample.hpp"

namespace lorikeet::train {

struct ImageRequest {
    std::string prompt;
    std::string negative;
    std::int64_t steps = 25;
    double cfg = 7;
    std::uint64_t seed = 1;
    std::int64_t width_px = 512;
    std::int64_t height_px = 512;
    settings::SamplerKind sampler = settings::SamplerKind::Ddim;
    std::int64_t clip_skip = 1;
    models::TextOptions reading{};
    settings::Prediction prediction = settings::Prediction::Auto;  // Auto: as the model's file says
    settings::ZeroSnr zero_snr = settings::ZeroSnr::Auto;
    // What the text encoders made of the negative prompt and the prompt, in this order (of the prompt alone where cfg is
    // 1); unset: they are asked.
    std::optional<models::TextStates> text{};
};

// What an image is guided by, in the order of ImageRequest::text; escaped brackets are plain ones, as in captions, unless
// they are weights.
std::vector<std::string> prompts_of(const ImageRequest& request);
// The same of all samples of a job, with "", by which one without a negative prompt is guided. Empty without prompts.
std::set<std::string> texts_of(const settings::Sample& sample, const models::TextOptions& reading);

using OnStep = std::function<void(std::int64_t done)>;

io::Image generate(models::Model& model, const ImageRequest& request, const base::Cancel& cancel,
                   const OnStep& on_step = {});

// [1, 3, H, W] within [-1, 1] to bytes, clamped and rounded.
io::Image to_image(const at::Tensor& pixels);

// The settings of an image in the words that A1111 and its heirs read from a PNG's "parameters".
std::string parameters_text(const ImageRequest& request, const std::string& model_name);

}  // namespace lorikeet::train
