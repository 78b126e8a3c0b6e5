#include "train/preview.hpp"

#include <utility>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/prompt_syntax.hpp"
#include "diffusion/process.hpp"
#include "tensor/check.hpp"
#include "tensor/precision.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

using base::ErrorCode;

void check_size(const ImageRequest& request, const models::LatentFacts& latents) {
    const auto fits = [&](std::int64_t side) {
        return side >= latents.least_px && side % latents.size_step_px == 0;
    };
    if (fits(request.width_px) && fits(request.height_px)) return;
    base::fail(ErrorCode::InvalidInput,
               fmt::format("An image of {} x {} px cannot be made with this model.", request.width_px,
                           request.height_px),
               fmt::format("Take sides that are multiples of {} and at least {}.", latents.size_step_px,
                           latents.least_px));
}

// What the prompt adds to the negative one, cfg times.
diffusion::Predictor guided(const models::Model& model, const models::TextStates& text,
                            const at::Tensor& sizes, double cfg) {
    return [&model, text, sizes, cfg](const at::Tensor& x, double time) {
        if (text.batch() == 1) return model.predict(x, at::full({1}, time, x.device()), text, sizes);
        const auto both = model.predict(at::cat({x, x}), at::full({2}, time, x.device()), text, sizes);
        const auto parts = both.to(at::kFloat).chunk(2);
        return parts[0] + cfg * (parts[1] - parts[0]);
    };
}

diffusion::Predictor predictor_of(const models::Model& model, const ImageRequest& request) {
    const auto text = request.text
                          ? *request.text
                          : model.read_captions(prompts_of(request), request.clip_skip, request.reading);
    const auto height = static_cast<double>(request.height_px);
    const auto width = static_cast<double>(request.width_px);
    const auto sizes = at::tensor({height, width, 0.0, 0.0, height, width}, at::kFloat);  // nothing cut off
    return guided(model, text, sizes.expand({text.batch(), -1}), request.cfg);
}

std::string as_read(const std::string& text, const models::TextOptions& reading) {
    return reading.weighted ? text : base::unescape_brackets(text);
}

}  // namespace

std::vector<std::string> prompts_of(const ImageRequest& request) {
    auto prompt = as_read(request.prompt, request.reading);
    if (request.cfg == 1) return {std::move(prompt)};
    return {as_read(request.negative, request.reading), std::move(prompt)};
}

std::set<std::string> texts_of(const settings::Sample& sample, const models::TextOptions& reading) {
    std::set<std::string> texts;
    for (const auto& prompt : sample.prompts)
        for (const auto& text : {std::string(), prompt.text, prompt.negative})
            texts.insert(as_read(text, reading));
    return texts;
}

io::Image generate(models::Model& model, const ImageRequest& request, const base::Cancel& cancel,
                   const OnStep& on_step) {
    const auto facts = model.spec().latents();
    check_size(request, facts);
    const at::NoGradGuard no_gradient;
    auto generator = at::detail::createCPUGenerator(request.seed);
    const auto noise =
        at::randn({1, facts.channels, request.height_px / facts.factor, request.width_px / facts.factor},
                  generator)
            .to(model.options().device);
    at::Tensor latents;
    {
        const tensor::Autocast autocast(at::kCPU, model.compute_type());
        const auto process = process_of(request.prediction, request.zero_snr, model.spec());
        diffusion::SamplerOptions options{request.sampler, request.steps, {}};
        options.on_step = [&](std::int64_t done) {
            if (on_step) on_step(done);
            cancel.throw_if_stopped();
        };
        latents = process->sample(options, noise, predictor_of(model, request), generator);
    }
    const auto pixels = model.decode(model.unscaled(latents.to(at::kFloat)));
    if (!tensor::all_finite(pixels))
        base::fail(ErrorCode::NotFinite, "The image came out as NaN.",
                   "Use the LoRA at a lower strength. Without a LoRA, the checkpoint or its VAE holds "
                   "numbers that are "
                   "too large: choose another one.");
    return to_image(pixels);
}

io::Image to_image(const at::Tensor& pixels) {
    base::expects(pixels.dim() == 4 && pixels.size(0) == 1 && pixels.size(1) == 3,
                  "one image of three channels");
    const auto bytes = ((pixels[0].to(at::kFloat) + 1) * 127.5)
                           .round()
                           .clamp(0, 255)
                           .to(at::kByte)
                           .to(at::kCPU)
                           .permute({1, 2, 0})
                           .contiguous();
    io::Image image{bytes.size(1), bytes.size(0), {}};
    const auto* data = bytes.const_data_ptr<std::uint8_t>();
    image.rgb.assign(data, data + bytes.numel());
    return image;
}

namespace {

std::string_view a1111_name(settings::SamplerKind sampler) {
    switch (sampler) {
        case settings::SamplerKind::Ddim: return "DDIM";
        case settings::SamplerKind::Euler: return "Euler";
        case settings::SamplerKind::EulerA: return "Euler a";
    }
    return "";
}

}  // namespace

std::string parameters_text(const ImageRequest& request, const std::string& model_name) {
    std::string text = request.prompt;
    if (!request.negative.empty()) text += "\nNegative prompt: " + request.negative;
    text += fmt::format("\nSteps: {}, Sampler: {}, CFG scale: {}, Seed: {}, Size: {}x{}, Model: {}",
                        request.steps, a1111_name(request.sampler), request.cfg, request.seed,
                        request.width_px, request.height_px, model_name);
    if (request.clip_skip > 1) text += fmt::format(", Clip skip: {}", request.clip_skip);
    return text + ", Version: Lorikeet";
}

}  // namespace lorikeet::train
