#include "train/run_samples.hpp"

#include <algorithm>
#include <cctype>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "io/image.hpp"
#include "tensor/out_of_memory.hpp"
#include "tensor/precision.hpp"
#include "train/caption_length.hpp"
#include "train/evaluation.hpp"
#include "train/failure.hpp"

namespace lorikeet::train {
namespace {

// The first words of a prompt as part of a file's name.
std::string slug_of(const std::string& prompt) {
    std::string slug;
    for (const char c : prompt) {
        if (slug.size() >= 40) break;
        if (std::isalnum(static_cast<unsigned char>(c)))
            slug += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else if (!slug.empty() && slug.back() != '-')
            slug += '-';
    }
    while (!slug.empty() && slug.back() == '-') slug.pop_back();
    return slug.empty() ? "image" : slug;
}

// The VAE's decoder is there while images are made, and goes again where it had been let go.
class WithDecoder {
  public:
    explicit WithDecoder(models::Model& model)
        : model_(model), was_there_(model.has(models::Part::VaeDecoder)) {
        model_.ensure(models::Part::VaeDecoder);
    }
    ~WithDecoder() {
        if (!was_there_) model_.release(models::Part::VaeDecoder);
    }
    WithDecoder(const WithDecoder&) = delete;
    WithDecoder& operator=(const WithDecoder&) = delete;

  private:
    models::Model& model_;
    bool was_there_;
};

// Read as in a step, so that what is remembered of a prompt is what a step would make of it.
models::TextStates states_of(Recipe& recipe, const ImageRequest& request) {
    const tensor::Autocast autocast(at::kCPU, recipe.compute);
    return recipe.captions->states(prompts_of(request));
}

ImageRequest request_for(const settings::Job& job, const settings::Prompt& prompt) {
    const auto& size = job.sample.size.empty() ? job.data.resolution : job.sample.size;
    ImageRequest request;
    request.prompt = prompt.text;
    request.negative = prompt.negative;
    request.seed = static_cast<std::uint64_t>(prompt.seed);
    request.steps = job.sample.steps;
    request.cfg = job.sample.cfg;
    request.sampler = job.sample.sampler;
    request.width_px = size.front();
    request.height_px = size.back();
    request.clip_skip = job.model.clip_skip;
    request.reading = models::text_options_of(job);
    request.prediction = job.model.prediction;
    request.zero_snr = job.model.zero_snr;
    return request;
}

std::string size_of(const ImageRequest& request) {
    return fmt::format("{} x {}", request.width_px, request.height_px);
}

class Samples {
  public:
    Samples(const settings::Job& job, Recipe& recipe, base::EventSink& events, const base::Cancel& cancel)
        : job_(job), recipe_(recipe), events_(events), cancel_(cancel) {}

    void make(const settings::Prompt& prompt, const base::Path& file, std::int64_t step) {
        auto request = request_for(job_, prompt);
        if (recipe_.captions->frozen()) request.text = states_of(recipe_, request);
        auto made = request;
        const auto least = recipe_.model->spec().latents().least_px;
        const auto image = make_with_less(request, least, [&](const ImageRequest& one) {
            made = one;
            return generate(*recipe_.model, one, cancel_, [&](std::int64_t done) {
                events_.take({"progress", {{"done", done}, {"total", one.steps}, {"what", one.prompt}}});
            });
        });
        if (made.width_px != request.width_px || made.height_px != request.height_px)
            warn(fmt::format(
                "The memory did not suffice for a sample of {} pixels of \"{}\"; it was made with {}.",
                size_of(request), request.prompt, size_of(made)));
        io::write_png(file, image, {{"parameters", parameters_text(made, job_.model.checkpoint)}});
        events_.take({"sample", {{"file", file.string()}, {"prompt", request.prompt}, {"step", step}}});
    }
    void warn(std::string text) { events_.take({"warning", {{"text", std::move(text)}}}); }

  private:
    const settings::Job& job_;
    Recipe& recipe_;
    base::EventSink& events_;
    const base::Cancel& cancel_;
};

// Calls `work`, and says in a warning why `what` was not made. True when it was. A stop that was
// asked for is no trouble, and not said.
bool or_warn(Samples& samples, const std::string& what, const std::function<void()>& work) {
    try {
        work();
        return true;
    } catch (...) {
        const auto error = failure_of(std::current_exception(), "It");
        if (error.code() == base::ErrorCode::Interrupted) return false;
        samples.warn(fmt::format("No {}: {}", what, error.what()));
        return false;
    }
}

}  // namespace

settings::Sample sampled_by(const settings::Job& job, const std::vector<data::DatasetImage>& images) {
    auto sample = job.sample;
    if (!sample.prompts.empty() || images.empty()) return sample;
    const auto worded = std::find_if(images.begin(), images.end(),
                                     [&](const auto& image) { return !usual_caption(job, image).empty(); });
    const auto& image = worded == images.end() ? images.front() : *worded;
    sample.prompts = {{usual_caption(job, image), "", 1}};
    return sample;
}

io::Image make_with_less(ImageRequest request, std::int64_t least_px,
                         const std::function<io::Image(const ImageRequest&)>& make) {
    for (;;) {
        try {
            return make(request);
        } catch (const std::exception& error) {
            const auto half = [&](std::int64_t side) { return side / 2 / least_px * least_px; };
            const bool last = half(request.width_px) < least_px || half(request.height_px) < least_px;
            if (!tensor::is_out_of_memory(error) || last) throw;
            request.width_px = half(request.width_px);
            request.height_px = half(request.height_px);
        }
    }
}

std::int64_t make_samples(const settings::Job& job, const RunDir& run, Recipe& recipe, std::int64_t step,
                          base::EventSink& events, const base::Cancel& cancel) {
    Samples samples(job, recipe, events, cancel);
    std::int64_t made = 0;
    or_warn(samples, "samples", [&] {
        const Evaluation evaluation(recipe);
        const WithDecoder with_decoder(*recipe.model);
        std::error_code ignored;  // the write says it
        std::filesystem::create_directories(run.samples(), ignored);
        for (std::size_t i = 0; i < job.sample.prompts.size() && !cancel.stop_requested(); ++i) {
            const auto& prompt = job.sample.prompts[i];
            const auto file = run.samples() / fmt::format("{:06d}_{}_{}.png", step, i, slug_of(prompt.text));
            made += or_warn(samples, fmt::format("sample of \"{}\"", prompt.text),
                            [&] { samples.make(prompt, file, step); })
                        ? 1
                        : 0;
        }
    });
    return made;
}

}  // namespace lorikeet::train
