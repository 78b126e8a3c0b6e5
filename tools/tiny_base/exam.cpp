#include "exam.hpp"

#include <ATen/core/grad_mode.h>

#include "diffusion/process.hpp"
#include "drawing.hpp"
#include "models/conditioning.hpp"
#include "sheet.hpp"
#include "stage.hpp"
#include "tensor/precision.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::tiny_base {
namespace {

constexpr std::int64_t kSteps = 25;
constexpr std::uint64_t kExamSeed = 50;

std::vector<Verdict> verdicts_on(const std::vector<io::Image>& images) {
    static const Judge judge;
    std::vector<Verdict> verdicts;
    for (const auto& image : images) verdicts.push_back(judge.look(image));
    return verdicts;
}

}  // namespace

std::vector<io::Image> paint_prompts(const SampleGenerator& generator,
                                     const std::vector<std::string>& prompts, double cfg,
                                     std::uint64_t seed) {
    const at::NoGradGuard no_grad;
    const auto count = static_cast<std::int64_t>(prompts.size());
    std::vector<std::string> captions = prompts;
    captions.resize(prompts.size() * 2);  // the second half is unprompted
    const auto context = models::encode_captions(generator.text, generator.tokenizer, captions, 1, {});
    auto source = tensor::generator(seed, tensor::Stream::Sample);
    const auto side = kSizePx / generator.vae.spec.factor();
    const auto noise = at::randn({count, generator.vae.spec.latent_channels, side, side}, source);
    const diffusion::Predictor predicted = [&](const at::Tensor& x, double timestep) {
        const tensor::Autocast cast(at::kCPU, at::kBFloat16);
        const auto times = at::full({2 * count}, timestep, at::kFloat);
        const auto both = generator.unet(at::cat({x, x}), times, context).to(at::kFloat).chunk(2);
        return both[1] + cfg * (both[0] - both[1]);
    };
    const diffusion::Ddpm process(diffusion::Prediction::Velocity, diffusion::Terminal::Trace);
    const auto latents = process.sample({.steps = kSteps}, noise, predicted, source);
    return to_images(generator.vae.decode(latents / generator.latent_scale));
}

std::vector<Thing> exam_things() {
    const auto all = every_thing();
    tensor::Draws draws(kExamSeed);
    std::vector<Thing> things;
    for (int i = 0; i < 50; ++i) things.push_back(all[draws.below(all.size())]);
    return things;
}

Exam examine(const SampleGenerator& generator, double cfg, std::uint64_t seed) {
    const auto things = exam_things();
    std::vector<std::string> prompts;
    for (const auto& thing : things) prompts.push_back(caption_of(thing));
    auto images = paint_prompts(generator, prompts, cfg, seed);
    const auto score = score_of(things, verdicts_on(images));
    return {score, std::move(images)};
}

Score measure_judge(std::int64_t count, const models::Vae* through) {
    const at::NoGradGuard no_grad;
    const auto all = every_thing();
    tensor::Draws draws(kExamSeed + 1);
    std::vector<Thing> things;
    std::vector<io::Image> images;
    for (std::int64_t i = 0; i < count; ++i) {
        things.push_back(all[draws.below(all.size())]);
        images.push_back(generate(things.back(), draw_place(draws)).image());
    }
    if (through != nullptr) images = to_images(through->decode(through->encode(to_pixels(images)).mean));
    return score_of(things, verdicts_on(images));
}

}  // namespace lorikeet::tiny_base
