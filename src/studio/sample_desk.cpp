#include "studio/sample_desk.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <memory>

#include <fmt/format.h>

#include "adapters/surgery.hpp"
#include "base/error.hpp"
#include "base/number.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "io/image.hpp"
#include "models/family.hpp"
#include "models/model.hpp"
#include "tensor/device.hpp"
#include "tensor/out_of_memory.hpp"
#include "train/caption_length.hpp"
#include "train/model_outline.hpp"
#include "train/preview.hpp"
#include "train/recipe.hpp"
#include "train/weights_kind.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;
using base::ErrorCode;

namespace {

// The strengths are worked into the weights: any number of LoRAs then costs nothing while sampling.
class Strengths {
  public:
    Strengths(models::Model& model, const std::vector<LoraUse>& loras) {
        if (loras.empty()) return;
        targets_ = train::targets_of(model, adapters::Reach::Everything);
        for (const auto& use : loras) loras_.emplace_back(adapters::read_lora(use.file), use.strength);
        for (const auto& target : targets_) plain_.push_back(*target.weight);
    }
    // What of the LoRAs is not used, a sentence each.
    std::vector<std::string> notes() const {
        std::vector<std::string> notes;
        for (const auto& [lora, strength] : loras_) {
            for (auto& note : adapters::notes_on(lora)) notes.push_back(std::move(note));
            if (auto words = adapters::words_for_zero(lora); !words.empty())
                notes.push_back(std::move(words));
            const auto unknown = adapters::fit(lora, targets_).unknown;
            if (unknown.empty()) continue;
            notes.push_back(adapters::words_for_unknown(lora, unknown));
        }
        return notes;
    }
    // Merging replaces weights and never writes into them, so the model's own are still as they were: putting them
    // back is exact and costs no copy.
    void set(double factor) {
        for (std::size_t i = 0; i < targets_.size(); ++i) *targets_[i].weight = plain_[i];
        for (const auto& [lora, strength] : loras_) adapters::merge(lora, targets_, strength * factor);
    }

  private:
    std::vector<adapters::Target> targets_;
    std::vector<at::Tensor> plain_;
    std::vector<std::pair<adapters::LoraFile, double>> loras_;
};

train::ImageRequest request_for(const SampleRequest& asked, const models::Model& model) {
    train::ImageRequest image;
    image.prompt = asked.prompt;
    image.negative = asked.negative;
    image.steps = asked.steps;
    image.cfg = asked.cfg;
    image.width_px = asked.width_px.value_or(model.spec().native_size_px);
    image.height_px = asked.height_px.value_or(model.spec().native_size_px);
    image.sampler = asked.sampler;
    image.clip_skip = asked.clip_skip;
    image.reading.max_tokens = asked.max_tokens;
    return image;
}

// A seed at a strength.
struct OneImage {
    std::uint64_t seed = 0;
    double factor = 1;
};

bool names_a_file(const base::Path& out) { return base::to_lower(out.extension().string()) == ".png"; }

// "bird.png", then "bird-2.png"; in a folder "<seed>-<words of the prompt>.png", with the strength where there are
// several. Nothing that exists is written over unless that was asked for.
base::Path name_for(const SampleRequest& asked, std::int64_t index, const OneImage& one) {
    if (names_a_file(asked.out)) {
        if (index == 0) return asked.out;
        return asked.out.parent_path() / fmt::format("{}-{}.png", asked.out.stem().string(), index + 1);
    }
    std::string stem = fmt::format("{}-", one.seed);
    for (const char c : asked.prompt.substr(0, 40))
        stem += std::isalnum(static_cast<unsigned char>(c)) ? c : '-';
    if (!asked.strengths.empty()) stem += fmt::format("-at-{:g}", one.factor);
    base::Path path = asked.out / (stem + ".png");
    for (int version = 2; base::is_there(path); ++version)
        path = asked.out / fmt::format("{}_v{}.png", stem, version);
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

// A .png that was named, and those numbered after it.
void refuse_existing(const SampleRequest& asked) {
    if (!names_a_file(asked.out) || asked.overwrite) return;
    for (std::int64_t index = 0; index < images_of(asked); ++index) {
        const auto file = name_for(asked, index, {});
        std::error_code ignored;
        if (fs::exists(file, ignored))
            base::fail(ErrorCode::Conflict, fmt::format("{} exists already.", file.string()),
                       "Give another name with --out, or --overwrite to replace it.");
    }
}

// AUTOMATIC1111 names LoRAs inside the prompt.
std::string with_loras(std::string prompt, const std::vector<LoraUse>& loras, double factor) {
    for (const auto& use : loras)
        if (use.strength * factor != 0)
            prompt += fmt::format(" <lora:{}:{:g}>", use.file.stem().string(), use.strength * factor);
    return prompt;
}

// Strength by strength, so that each is worked in once.
std::vector<OneImage> images_in_order(const SampleRequest& asked) {
    std::vector<OneImage> order;
    for (const auto strength : asked.strengths)
        if (!std::isfinite(strength))
            base::fail(ErrorCode::InvalidInput, "A strength is not a number.",
                       "Write numbers, such as 0,0.5,1.");
    if (asked.loras.empty() && !asked.strengths.empty())
        base::fail(ErrorCode::InvalidInput, "Strengths were given, and no LoRA that they could apply to.",
                   "Name one with --lora, or leave the strengths out.");
    const auto factors = asked.strengths.empty() ? std::vector<double>{1} : asked.strengths;
    for (const double factor : factors)
        for (std::int64_t index = 0; index < asked.count; ++index)
            order.push_back({asked.seed + static_cast<std::uint64_t>(index), factor});
    return order;
}

class SampleGenerator {
  public:
    SampleGenerator(const SampleRequest& asked, const base::Cancel& cancel, base::EventSink& events)
        : asked_(asked), cancel_(cancel), events_(events) {}

    std::vector<base::Path> generate_all() {
        refuse_existing(asked_);
        events_.take({"phase", {{"name", std::string("loading")}}});
        settings::Model model_settings;
        model_settings.checkpoint = asked_.model;
        const auto model = load(train::checkpoint_file(model_settings));
        Strengths strengths(*model, asked_.loras);
        for (auto& note : strengths.notes()) events_.take({"note", {{"text", std::move(note)}}});
        const auto request = request_for(asked_, *model);
        const auto prompts = train::prompts_of(request);
        if (auto words = train::words_on_cut_prompts(model->token_counter(), prompts, request.reading);
            !words.empty())
            events_.take({"note", {{"text", std::move(words)}}});
        make_folder_for(asked_);
        events_.take({"phase", {{"name", std::string("sampling")}}});
        const auto order = images_in_order(asked_);
        std::vector<base::Path> files;
        for (std::size_t i = 0; i < order.size(); ++i) {
            if (i == 0 || order[i].factor != order[i - 1].factor) strengths.set(order[i].factor);
            files.push_back(generate_one(*model, static_cast<std::int64_t>(i), order));
        }
        return files;
    }

  private:
    // In float32; SDXL, which would want 14 GB for that, in bfloat16.
    std::unique_ptr<models::Model> load(const base::Path& checkpoint) const {
        const auto spec = models::spec_of(io::SafetensorsFile(checkpoint));
        const auto& family = *spec->family;
        for (const auto& use : asked_.loras) train::expect_lora_for(family, use.file);
        models::LoadOptions options;
        options.device = tensor::pick_device("auto");
        if (family.in_16_bits) options.unet = options.text = at::kBFloat16;
        return models::load_model(*spec, checkpoint, options);
    }

    base::Path generate_one(models::Model& model, std::int64_t index,
                            const std::vector<OneImage>& order) const {
        const auto& one = order[static_cast<std::size_t>(index)];
        auto request = request_for(asked_, model);
        request.seed = one.seed;
        const auto image = train::generate(model, request, cancel_, [&](std::int64_t step) {
            events_.take({"progress",
                          {{"image", index},
                           {"images", static_cast<std::int64_t>(order.size())},
                           {"done", step},
                           {"total", asked_.steps}}});
        });
        auto told = request;
        told.prompt = with_loras(request.prompt, asked_.loras, one.factor);
        const auto file = name_for(asked_, index, one);
        io::write_png(
            file, image,
            {{"parameters", train::parameters_text(told, model.source().checkpoint().path.stem().string())}});
        events_.take({"sample",
                      {{"file", file.string()},
                       {"prompt", asked_.prompt},
                       {"seed", static_cast<std::int64_t>(one.seed)},
                       {"strength", one.factor}}});
        return file;
    }

    const SampleRequest& asked_;
    const base::Cancel& cancel_;
    base::EventSink& events_;
};

// What a training would change for want of memory is nothing that can be changed here.
std::vector<base::Path> sample_or_want_memory(const SampleRequest& asked, const base::Cancel& cancel,
                                              base::EventSink& events) {
    try {
        return SampleGenerator(asked, cancel, events).generate_all();
    } catch (const std::exception& error) {
        if (!tensor::is_out_of_memory(error)) throw;
        base::fail(ErrorCode::NoSpace, "Generating an image needs more memory than there is.",
                   "Close other programs, or choose a smaller image size or model.");
    }
}

}  // namespace

LoraUse parse_lora_use(std::string_view text) {
    if (base::is_web_address(text)) base::fail_for_web_address(text);
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || base::is_there(base::Path(text))) return {base::Path(text), 1.0};
    const auto number = text.substr(colon + 1);
    if (const auto strength = base::try_number(number)) return {base::Path(text.substr(0, colon)), *strength};
    const auto trouble = base::trouble_with_number(number);
    base::fail(ErrorCode::InvalidInput,
               trouble == base::kIsNoNumber
                   ? fmt::format("\"{}\" is not a strength.", number)
                   : fmt::format("\"{}\" is not a strength: it {}.", number, trouble),
               "Write a number after the colon, such as style.safetensors:0.7.");
}

std::int64_t images_of(const SampleRequest& request) {
    return request.count * static_cast<std::int64_t>(std::max<std::size_t>(1, request.strengths.size()));
}

std::vector<base::Path> sample(const SampleRequest& asked, const base::Cancel& cancel,
                               base::EventSink& events) {
    try {
        auto files = sample_or_want_memory(asked, cancel, events);
        events.take({"end", {{"reason", std::string("finished")}, {"text", std::string()}}});
        return files;
    } catch (const base::Error& error) {
        const bool stopped = error.code() == ErrorCode::Interrupted;
        events.take({"end",
                     {{"reason", std::string(stopped ? "stopped" : "failed")},
                      {"text", std::string(error.what())},
                      {"hint", error.hint()}}});
        throw;
    }
}

}  // namespace lorikeet::studio
