#include "latents.hpp"

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/log.hpp"
#include "drawing.hpp"
#include "sheet.hpp"
#include "stage.hpp"
#include "tensor/rng.hpp"
#include "tensor/weights.hpp"
#include "vae_stage.hpp"

namespace lorikeet::tiny_base {
namespace {

constexpr std::int64_t kBatch = 64;
constexpr double kDeviation = 0.5;

struct Drawing {
    Thing thing;
    io::Image image;
};

Drawing draw(std::int64_t index) {
    static const auto things = every_thing();
    tensor::Draws draws(tensor::seed_of(kSeed, tensor::Stream::Order, static_cast<std::uint64_t>(index)));
    const auto thing = things[static_cast<std::size_t>(index) % things.size()];
    return {thing, generate(thing, draw_place(draws)).image()};
}

}  // namespace

void make_latents(const base::Path& folder, std::int64_t count, const base::Cancel& cancel) {
    const at::NoGradGuard no_grad;
    const auto vae = load_vae(folder);
    std::vector<at::Tensor> means;
    std::vector<std::int64_t> words;
    for (std::int64_t first = 0; first < count; first += kBatch) {
        cancel.throw_if_stopped();
        std::vector<io::Image> images;
        for (auto i = first; i < std::min(count, first + kBatch); ++i) {
            auto [thing, image] = draw(i);
            images.push_back(std::move(image));
            for (const auto word :
                 {static_cast<int>(thing.shape), static_cast<int>(thing.hue), static_cast<int>(thing.ground)})
                words.push_back(word);
        }
        means.push_back(vae.encode(to_pixels(images)).mean);
    }
    const auto all = at::cat(means);
    const double scale = kDeviation / all.std().item<double>();
    tensor::save_tensors(folder / "latents.safetensors",
                         {{"scaled", all * scale}, {"things", at::tensor(words).view({count, 3})}},
                         {{"scale", fmt::format("{:.5f}", scale)}});
    base::log_info(fmt::format("latents: {} drawings, scale {:.5f}", count, scale));
}

Latents load_latents(const base::Path& folder) {
    const tensor::WeightFile file(folder / "latents.safetensors");
    Latents latents{file.get("scaled"), {}, std::stod(file.metadata().at("scale"))};
    const auto words = file.get("things").contiguous();
    const auto* word = words.const_data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < words.size(0); ++i, word += 3)
        latents.things.push_back(
            {static_cast<Shape>(word[0]), static_cast<Hue>(word[1]), static_cast<Ground>(word[2])});
    return latents;
}

}  // namespace lorikeet::tiny_base
