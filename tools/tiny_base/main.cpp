// lorikeet_tiny_base: draws the small world, trains a model of it from nothing, judges it. See
// docs/tiny-base.md.
#include <csignal>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <malloc.h>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "exam.hpp"
#include "latents.hpp"
#include "models/stable_diffusion.hpp"
#include "pack.hpp"
#include "sheet.hpp"
#include "tensor/device.hpp"
#include "text_stage.hpp"
#include "unet_stage.hpp"
#include "vae_stage.hpp"

namespace {

using namespace lorikeet;

constexpr const char* kUsage = R"(usage: lorikeet_tiny_base WHAT PLACE [NUMBER]
  vae FOLDER STEPS         train the autoencoder; goes on where it stopped
  decoder FOLDER STEPS     train its decoder further, latents staying what they are
  text FOLDER STEPS        train the text tower
  latents FOLDER COUNT     encode drawings for the UNet
  unet FOLDER STEPS        train the UNet
  pack FOLDER              write FOLDER/tiny.safetensors
  exam CHECKPOINT [CFG]    fifty prompts, painted and judged
  judge CHECKPOINT COUNT   the judge itself, on clean drawings and after the autoencoder
  lorikeets FOLDER         draw the demo's pictures
)";

base::Cancel stop;

std::string in_words(const tiny_base::Score& score) {
    return fmt::format("shape {:.1f} %, colour {:.1f} %, ground {:.1f} %, all three {:.1f} %, overlap {:.3f}",
                       100 * score.shape, 100 * score.hue, 100 * score.ground, 100 * score.all,
                       score.overlap);
}

void examine(const base::Path& checkpoint, double cfg) {
    const auto model = models::load_stable_diffusion(checkpoint);
    const tiny_base::SampleGenerator generator{model->unet, model->vae, model->texts.front(),
                                               model->tokenizer(), model->spec().latent_scale};
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        const auto exam = tiny_base::examine(generator, cfg, seed);
        fmt::print("cfg {}, seed {}: {}\n", cfg, seed, in_words(exam.score));
        tiny_base::write_sheet(fmt::format("{}.exam-{}.png", checkpoint.string(), seed), exam.images, 10);
    }
}

void judge(const base::Path& checkpoint, std::int64_t count) {
    const auto model = models::load_stable_diffusion(checkpoint);
    fmt::print("clean drawings: {}\n", in_words(tiny_base::measure_judge(count, nullptr)));
    fmt::print("after the VAE:  {}\n", in_words(tiny_base::measure_judge(count, &model->vae)));
    const auto vae = tiny_base::measure_vae(model->vae);
    fmt::print("VAE: {:.2f} dB on held-out drawings, worst {:.2f}, lorikeets {:.2f}\n", vae.world, vae.worst,
               vae.bird);
}

int run(const std::vector<std::string>& words) {
    const base::Path place = words.size() > 1 ? words[1] : "";
    const auto number = [&](double otherwise) { return words.size() > 2 ? std::stod(words[2]) : otherwise; };
    const auto count = [&] { return static_cast<std::int64_t>(number(1000)); };
    const auto train = [&](auto stage) {
        std::filesystem::create_directories(place);
        base::add_log_file(place / "log.txt");
        stage(place, count(), stop);
    };
    const std::map<std::string, std::function<void()>> verbs{
        {"vae", [&] { train(tiny_base::train_vae); }},
        {"decoder", [&] { train(tiny_base::train_decoder); }},
        {"text", [&] { train(tiny_base::train_text); }},
        {"latents", [&] { train(tiny_base::make_latents); }},
        {"unet", [&] { train(tiny_base::train_unet); }},
        {"pack", [&] { tiny_base::pack(place, place / "tiny.safetensors"); }},
        {"exam", [&] { examine(place, number(4)); }},
        {"judge", [&] { judge(place, count()); }},
        {"lorikeets", [&] { tiny_base::draw_lorikeets(place); }},
    };
    const auto verb = words.size() > 1 ? verbs.find(words[0]) : verbs.end();
    if (verb == verbs.end()) {
        fmt::print("{}", kUsage);
        return 2;
    }
    verb->second();
    return 0;
}

}  // namespace

int main(int count, char** words) {
    std::signal(SIGINT, [](int) { stop.request_stop(); });
    std::signal(SIGTERM, [](int) { stop.request_stop(); });
    // Pages that one step frees are those the next one asks for.
    mallopt(M_MMAP_THRESHOLD, 1 << 29);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    try {
        tensor::set_threads(1);  // stages bring threads of their own
        return run({words + 1, words + count});
    } catch (const base::Error& error) {
        fmt::print(stderr, "{}\n{}\n", error.what(), error.hint());
        return base::exit_code(error.code());
    }
}
