#include "train/keeper.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "adapters/lora_file.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "optim/lr_schedule.hpp"
#include "settings/toml.hpp"
#include "tensor/precision.hpp"
#include "train/lora_facts.hpp"
#include "train/preview.hpp"
#include "train/words.hpp"

namespace lorikeet::train {

namespace fs = std::filesystem;
using base::ErrorCode;

std::string lora_name(const std::string& name, const Horizon& horizon, std::int64_t step) {
    if (horizon.ends_epoch(step - 1))
        return fmt::format("{}-{:06d}.safetensors", name, horizon.epoch_of(step - 1) + 1);
    return fmt::format("{}-step{:08d}.safetensors", name, step);
}

bool saves_lora_after(const settings::Output& output, const Horizon& horizon, std::int64_t step) {
    if (step >= horizon.total_steps) return false;
    const bool by_epoch = horizon.ends_epoch(step - 1) && output.every_epochs > 0 &&
                          (horizon.epoch_of(step - 1) + 1) % output.every_epochs == 0;
    return by_epoch || (output.every_steps > 0 && step % output.every_steps == 0);
}

void Keeper::remember(const std::vector<data::Picture>& pictures) {
    pictures_ = pictures;
    started_at_ = fmt::format("{}", base::unix_seconds());
    base::Sha256 hash;
    for (const auto& picture : pictures)
        hash.add(fmt::format("{}\n{}\n{}\n{}\n", picture.file.filename().string(),
                             base::bytes_in(picture.file).value_or(0), picture.subset, picture.caption));
    fingerprint_ = hash.hex();
}

void Keeper::save_state(State state) const {
    state.job = settings::write_job(job_);
    state.pictures = fingerprint_;
    const auto step = state.step;
    train::save_state(run_.state_file(), state);
    events_.take({"state", {{"step", step}}});
}

std::optional<State> Keeper::load_state(std::int64_t total_steps) const {
    if (!base::is_there(run_.state_file())) return std::nullopt;
    auto state = train::load_state(run_.state_file());
    const auto then = settings::read_job(state.job, "the saved state");
    // Another end leaves every step until now, and every rate, as it was.
    const bool longer = optim::can_be_stretched(job_.optim.schedule, state.step, total_steps) &&
                        total_steps >= state.step;
    std::vector<std::string> changed;
    for (const auto& change : settings::difference(then.job, job_, settings::Effect::Results))
        if (!(longer && (change.path == "train.steps" || change.path == "train.epochs")))
            changed.push_back(fmt::format("{} was {} and is {}", change.path, change.before, change.after));
    if (!changed.empty())
        base::fail(ErrorCode::Conflict,
                   fmt::format("The run was begun with other settings, so it cannot be resumed: {}.",
                               base::join(changed, "; ")),
                   "Set them back in job.toml, or start anew under another name.");
    if (state.pictures != fingerprint_)
        base::fail(ErrorCode::Conflict, "Pictures or captions have changed since the run was stopped.",
                   "Put them back as they were, or start anew under another name with adapter.start_from set "
                   "to the last LoRA.");
    return state;
}

base::Path Keeper::save_lora(Recipe& recipe, std::int64_t step, const Horizon& horizon) {
    const auto file = run_.checkpoints() / lora_name(job_.output.name, horizon, step);
    write_lora(file, recipe, step, horizon);
    remove_old_loras();
    return file;
}

// What is there is looked up, not remembered, so that a resumed run counts what was saved before it was stopped.
void Keeper::remove_old_loras() const {
    if (job_.output.keep_last <= 0) return;
    std::vector<fs::directory_entry> files;
    for (const auto& entry : fs::directory_iterator(run_.checkpoints()))
        if (entry.path().filename().string().starts_with(job_.output.name + "-")) files.push_back(entry);
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) {
        return std::pair(a.last_write_time(), a.path()) < std::pair(b.last_write_time(), b.path());
    });
    for (std::size_t i = 0; i + static_cast<std::size_t>(job_.output.keep_last) < files.size(); ++i) {
        std::error_code ignored;
        fs::remove(files[i], ignored);
    }
}

base::Path Keeper::save_final(Recipe& recipe, std::int64_t step, const Horizon& horizon) {
    const auto file = run_.checkpoints() / (job_.output.name + ".safetensors");
    write_lora(file, recipe, step, horizon);
    return file;
}

void Keeper::write_lora(const base::Path& file, Recipe& recipe, std::int64_t step, const Horizon& horizon) {
    if (checkpoint_sha256_.empty()) checkpoint_sha256_ = base::sha256_file(recipe.model->checkpoint);
    const LoraFacts facts{job_, recipe, horizon, pictures_, started_at_, checkpoint_sha256_, step};
    adapters::save_lora(file, *recipe.network, scalar_type_of(job_.output.precision), metadata_of(facts));
    events_.take({"checkpoint", {{"file", file.string()}, {"step", step}}});
}

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
    return slug.empty() ? "picture" : slug;
}

// No dropout while a picture is made.
class Evaluating {
  public:
    explicit Evaluating(adapters::Network& network) : network_(network) {
        network_.set_mode(adapters::Mode::Eval);
    }
    ~Evaluating() { network_.set_mode(adapters::Mode::Train); }
    Evaluating(const Evaluating&) = delete;
    Evaluating& operator=(const Evaluating&) = delete;

  private:
    adapters::Network& network_;
};

// The VAE's decoder is there while pictures are made, and goes again where it had been let go.
class WithDecoder {
  public:
    explicit WithDecoder(models::Bundle& model)
        : model_(model), was_there_(model.has(models::Part::VaeDecoder)) {
        model_.ensure(models::Part::VaeDecoder);
    }
    ~WithDecoder() {
        if (!was_there_) model_.release(models::Part::VaeDecoder);
    }
    WithDecoder(const WithDecoder&) = delete;
    WithDecoder& operator=(const WithDecoder&) = delete;

  private:
    models::Bundle& model_;
    bool was_there_;
};

// Read as in a step, so that what is remembered of a prompt is what a step would make of it.
models::TextStates states_of(Recipe& recipe, const PictureRequest& request) {
    const tensor::Autocast autocast(at::kCPU, recipe.compute);
    return recipe.captions->states(prompts_of(request));
}

PictureRequest request_for(const settings::Job& job, const settings::Prompt& prompt) {
    const auto& size = job.sample.size.empty() ? job.data.resolution : job.sample.size;
    PictureRequest request;
    request.prompt = prompt.text;
    request.negative = prompt.negative;
    request.seed = static_cast<std::uint64_t>(prompt.seed);
    request.steps = job.sample.steps;
    request.cfg = job.sample.cfg;
    request.sampler = job.sample.sampler;
    request.width_px = size.front();
    request.height_px = size.back();
    request.clip_skip = job.model.clip_skip;
    request.max_tokens = job.model.max_tokens;
    request.prediction = job.model.prediction;
    request.zero_snr = job.model.zero_snr;
    return request;
}

}  // namespace

void Keeper::paint_samples(Recipe& recipe, std::int64_t step, const base::Cancel& cancel) const {
    const Evaluating evaluating(*recipe.network);
    const WithDecoder with_decoder(*recipe.model);
    for (std::size_t i = 0; i < job_.sample.prompts.size() && !cancel.stop_requested(); ++i) {
        auto request = request_for(job_, job_.sample.prompts[i]);
        if (recipe.captions->frozen()) request.text = states_of(recipe, request);
        const auto file = run_.samples() / fmt::format("{:06d}_{}_{}.png", step, i, slug_of(request.prompt));
        try {
            const auto image = paint(*recipe.model, request, cancel, [&](std::int64_t done) {
                events_.take(
                    {"progress", {{"done", done}, {"total", request.steps}, {"what", request.prompt}}});
            });
            io::write_png(file, image, {{"parameters", parameters_text(request, job_.model.checkpoint)}});
            events_.take({"sample", {{"file", file.string()}, {"prompt", request.prompt}, {"step", step}}});
        } catch (const base::Error& error) {
            // A picture is not worth a run: what went wrong is said, and training goes on.
            if (error.code() == ErrorCode::Interrupted) return;
            events_.take(
                {"warning",
                 {{"text", fmt::format("No picture for \"{}\": {}", request.prompt, error.what())}}});
        }
    }
}

}  // namespace lorikeet::train
