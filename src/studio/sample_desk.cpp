#include "studio/sample_desk.hpp"

#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "adapters/surgery.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "io/image.hpp"
#include "models/bundle.hpp"
#include "train/preview.hpp"
#include "train/recipe.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;
using base::ErrorCode;

namespace {

// The strengths are worked into the weights: any number of LoRAs then costs nothing while painting.
void put_in(models::Bundle& model, const std::vector<LoraUse>& loras) {
    if (loras.empty()) return;
    const auto targets = train::targets_of(model, adapters::Reach::Everything);
    for (const auto& use : loras) adapters::merge(adapters::read_lora(use.file), targets, use.strength);
}

train::PictureRequest request_for(const SampleRequest& asked, const models::Bundle& model) {
    train::PictureRequest picture;
    picture.prompt = asked.prompt;
    picture.negative = asked.negative;
    picture.steps = asked.steps;
    picture.cfg = asked.cfg;
    picture.width_px = asked.width_px.value_or(model.spec.native_size_px);
    picture.height_px = asked.height_px.value_or(model.spec.native_size_px);
    picture.sampler = asked.sampler;
    picture.clip_skip = asked.clip_skip;
    picture.max_tokens = asked.max_tokens;
    return picture;
}

bool names_a_file(const base::Path& out) { return base::to_lower(out.extension().string()) == ".png"; }

// "bird.png", then "bird-2.png"; in a folder "<seed>-<words of the prompt>.png". Nothing that exists is written over.
base::Path name_for(const SampleRequest& asked, std::int64_t index, std::uint64_t seed) {
    if (names_a_file(asked.out)) {
        if (index == 0) return asked.out;
        return asked.out.parent_path() / fmt::format("{}-{}.png", asked.out.stem().string(), index + 1);
    }
    std::string words;
    for (const char c : asked.prompt.substr(0, 40))
        words += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
    base::Path path = asked.out / fmt::format("{}-{}.png", seed, words);
    for (int version = 2; fs::exists(path); ++version)
        path = asked.out / fmt::format("{}-{}_v{}.png", seed, words, version);
    return path;
}

void make_folder_for(const SampleRequest& asked) {
    const base::Path folder = names_a_file(asked.out) ? asked.out.parent_path() : asked.out;
    std::error_code trouble;
    if (!folder.empty()) fs::create_directories(folder, trouble);
    if (trouble)
        base::fail(ErrorCode::Io,
                   fmt::format("Could not make the folder {}: {}.", folder.string(), trouble.message()),
                   "Choose another one with --out.");
}

// AUTOMATIC1111 names LoRAs inside the prompt.
std::string with_loras(std::string prompt, const std::vector<LoraUse>& loras) {
    for (const auto& use : loras)
        prompt += fmt::format(" <lora:{}:{}>", use.file.stem().string(), use.strength);
    return prompt;
}

}  // namespace

LoraUse parse_lora_use(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || fs::exists(base::Path(text))) return {base::Path(text), 1.0};
    const std::string number(text.substr(colon + 1));
    char* end = nullptr;
    const double strength = std::strtod(number.c_str(), &end);
    if (number.empty() || *end != '\0' || !std::isfinite(strength))
        base::fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is not a strength.", number),
                   "Write a number after the colon, such as style.safetensors:0.7.");
    return {base::Path(text.substr(0, colon)), strength};
}

std::vector<base::Path> sample(const SampleRequest& asked, const base::Cancel& cancel,
                               const std::function<void(const SampleProgress&)>& on_progress) {
    settings::Model model_settings;
    model_settings.checkpoint = asked.model;
    const auto model = models::load_bundle(train::checkpoint_file(model_settings));
    put_in(*model, asked.loras);
    make_folder_for(asked);
    auto picture = request_for(asked, *model);
    std::vector<base::Path> files;
    for (std::int64_t index = 0; index < asked.count; ++index) {
        picture.seed = asked.seed + static_cast<std::uint64_t>(index);
        const auto image = train::paint(*model, picture, cancel, [&](std::int64_t step) {
            if (on_progress) on_progress({index, step});
        });
        auto told = picture;
        told.prompt = with_loras(picture.prompt, asked.loras);
        const auto file = name_for(asked, index, picture.seed);
        io::write_png(file, image,
                      {{"parameters", train::parameters_text(told, model->checkpoint.stem().string())}});
        files.push_back(file);
    }
    return files;
}

}  // namespace lorikeet::studio
