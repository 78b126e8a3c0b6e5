#include "train/loop.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "data/scan.hpp"
#include "nn/group_norm_gpu.hpp"
#include "optim/lr_schedule.hpp"
#include "settings/toml.hpp"
#include "tensor/cuda.hpp"
#include "tensor/device.hpp"
#include "tensor/out_of_memory.hpp"
#include "tensor/transfer.hpp"
#include "train/horizon.hpp"
#include "train/keeper.hpp"
#include "train/launched.hpp"
#include "train/memory_plan.hpp"
#include "train/metrics.hpp"
#include "train/precision_choice.hpp"
#include "train/recipe.hpp"
#include "train/relief.hpp"
#include "train/run_log.hpp"
#include "train/step.hpp"
#include "train/step_player.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

using base::ErrorCode;
using base::Event;

class Run {
  public:
    Run(const settings::Job& job, const RunDir& run, base::EventSink& events, const base::Cancel& cancel)
        : job_(job), run_(run), events_(events), cancel_(cancel), keeper_(job, run, events) {}

    Outcome go(Start start) {
        if (start == Start::Fresh) base::write_whole(run_.job_file(), settings::write_job(job_));
        const tensor::OwnStream stream(device_for_work());
        tensor::allow_tf32(job_.train.tf32);
        tensor::set_threads(static_cast<int>(job_.train.threads));
        read_pictures();
        phase("loading");
        plan_the_memory();
        recipe_ = load_recipe(job_);
        for (const auto& line : recipe_.news) note(line);
        fill_cache();
        keep_captions();
        phase("loading");
        fit_adapter(recipe_, job_);
        if (start == Start::Resume) take_up_state();
        train_all_steps();
        return outcome_;
    }

  private:
    void phase(std::string name) { events_.take({"phase", {{"name", std::move(name)}}}); }
    void note(std::string text) { events_.take({"note", {{"text", std::move(text)}}}); }
    void warn(std::string text) { events_.take({"warning", {{"text", std::move(text)}}}); }

    at::Device device_for_work();
    void read_pictures();
    void plan_the_memory();
    void fill_cache();
    void keep_captions();
    void take_up_state();
    void train_all_steps();
    void one_step();
    Launched launch();
    void settle();
    void report(std::int64_t step, const Launched::Numbers& numbers);
    void after_step();
    void finish();
    void save_state();
    void paint_samples();
    [[noreturn]] void fail_not_finite(std::string_view what, std::int64_t step,
                                      const std::vector<std::size_t>& pictures) const;

    const settings::Job& job_;
    const RunDir& run_;
    base::EventSink& events_;
    const base::Cancel& cancel_;
    Keeper keeper_;

    std::vector<data::Picture> pictures_;
    Horizon horizon_;
    Recipe recipe_;
    std::optional<data::Loader> loader_;
    std::optional<Step> step_maker_;
    Relief relief_{{job_.train.recompute == settings::Recompute::On, 1},
                   [this](std::string text) { warn(std::move(text)); }};
    std::optional<StepPlayer> player_;
    Smoothed smoothed_;
    Pace pace_;
    std::int64_t step_ = 0;            // optimizer steps done
    std::optional<Launched> pending_;  // the last of them, while its numbers are on their way
    Outcome outcome_;
};

// A GPU that is there and cannot be used is worth a word: nobody wants to find out by the time a run takes.
at::Device Run::device_for_work() {
    const auto device = tensor::pick_device(name_of(job_.train.device));
    if (job_.train.device != settings::DeviceChoice::Auto || device.is_cuda()) return device;
    if (const auto& cuda = tensor::look_for_cuda(); cuda.driver)
        warn(fmt::format("{} Training runs on the processor. {}", cuda.cause, cuda.remedy));
    return device;
}

void Run::read_pictures() {
    phase("reading pictures");
    auto found =
        data::scan(job_.data, cancel_, [&](std::size_t done, std::size_t total, const base::Path& file) {
            events_.take({"progress",
                          {{"done", static_cast<std::int64_t>(done)},
                           {"total", static_cast<std::int64_t>(total)},
                           {"what", file.filename().string()}}});
        });
    base::fail_if_any(found.errors);
    for (const auto& problem : found.left_out) warn(base::to_text({problem}));
    for (const auto& problem : found.news) warn(base::to_text({problem}));
    pictures_ = std::move(found.pictures);
    keeper_.remember(pictures_);
}

// Whoever began the run has seen the plan; what the machine has left may be another matter by now.
void Run::plan_the_memory() {
    std::set<std::string> captions;
    for (const auto& picture : pictures_) captions.insert(picture.caption);
    const auto plan = plan_memory(job_, static_cast<std::int64_t>(captions.size()));
    relief_.set_plan(plan.forecast.plan);
    if (!plan.unknown.empty()) warn(plan.unknown);
    if (!plan.choice.empty()) warn(plan.choice);
    if (!plan.fits) warn(plan.why + " " + plan.advice);
}

void Run::fill_cache() {
    phase("caching");
    loader_.emplace(pictures_, job_.data, static_cast<std::uint64_t>(job_.train.seed),
                    encoder_of(*recipe_.model, [this](std::string text) { warn(std::move(text)); }));
    horizon_ = horizon_of(job_.train, loader_->batches_per_epoch());
    loader_->fill_cache(
        [&](std::size_t done, std::size_t total, const base::Path& file) {
            events_.take({"progress",
                          {{"done", static_cast<std::int64_t>(done)},
                           {"total", static_cast<std::int64_t>(total)},
                           {"what", file.filename().string()}}});
        },
        cancel_);
    if (job_.data.cache_latents) recipe_.model->release(models::Part::VaeEncoder);
}

// What frozen text encoders make of everything that will be shown, so that they need not stay in memory.
void Run::keep_captions() {
    if (!recipe_.captions->frozen() || !job_.data.cache_text) return;
    constexpr std::size_t kMost = 10'000;
    auto captions = loader_->captions(horizon_.epochs(), kMost);
    if (captions.empty())
        return note(
            fmt::format("There are more than {} captions, since tags are shuffled; the text encoders stay in "
                        "memory and read each as it comes.",
                        kMost));
    if (!job_.sample.prompts.empty())
        captions.insert("");  // what a picture without a negative prompt is guided by
    for (const auto& prompt : job_.sample.prompts) captions.insert({prompt.text, prompt.negative});
    phase("encoding");
    recipe_.captions->keep(
        captions, data::cache_folder(job_.data, pictures_.front()),
        [&](std::size_t done, std::size_t total) {
            events_.take({"progress",
                          {{"done", static_cast<std::int64_t>(done)},
                           {"total", static_cast<std::int64_t>(total)},
                           {"what", std::string("captions")}}});
        },
        cancel_);
    recipe_.model->release(models::Part::Text);
}

void Run::take_up_state() {
    const auto state = keeper_.load_state(horizon_.total_steps);
    if (!state) return warn("There is no saved state; the run begins at its first step.");
    step_ = state->step;
    smoothed_.restore(state->loss_sum, state->loss_weight);
    relief_.set_plan({relief_.plan().recompute || state->plan.recompute,
                      std::max(relief_.plan().parts, state->plan.parts)});
    if (recipe_.loss_scale) recipe_.loss_scale->restore(state->loss_scale);
    recipe_.network->load(state->adapter);
    recipe_.optimizer->load_state(state->optimizer);
    events_.take({"phase", {{"name", std::string("resumed")}, {"step", step_}}});
}

void Run::train_all_steps() {
    step_maker_.emplace(recipe_, job_);
    player_.emplace(*step_maker_, recipe_, job_, relief_,
                    [this](std::string text) { warn(std::move(text)); });
    if (const auto why = nn::trouble_with_kernels(recipe_.device); !why.empty())
        warn(fmt::format("Lorikeet's own kernels are not used, which makes steps slower: {}.", why));
    if (step_ == 0 && job_.sample.at_start) paint_samples();
    phase("training");
    tensor::forget_peak(recipe_.device);
    pace_.restart();
    bool stop = false;
    while (step_ < horizon_.total_steps && !stop) {
        one_step();
        after_step();
        stop = cancel_.stop_requested();
        for (const auto request : run_.take_requests()) {
            settle();
            if (request == Request::Stop) stop = true;
            if (request == Request::Save) save_state(), keeper_.save_lora(recipe_, step_, horizon_);
            if (request == Request::Sample) paint_samples();
        }
    }
    settle();
    if (step_ >= horizon_.total_steps) return finish();
    save_state();
    outcome_ = {Outcome::End::Stopped, step_, {}};
    events_.take({"end",
                  {{"reason", std::string("stopped")},
                   {"step", step_},
                   {"text", fmt::format("Go on with: lorikeet resume {}", run_.path().string())}}});
}

void Run::one_step() {
    auto launched = launch();
    ++step_;
    const bool first = pace_.seconds_per_step() == 0;  // somebody waits to see it
    settle();  // the step before: its numbers had this one's launch to arrive
    pending_ = std::move(launched);
    if (first || recipe_.device.is_cpu()) settle();
}

Launched Run::launch() {
    const auto epoch = horizon_.epoch_of(step_);
    const auto first = horizon_.first_batch(step_), end = horizon_.end_batch(step_);
    const double share = 1.0 / static_cast<double>(end - first);
    std::vector<std::size_t> pictures;
    std::vector<StepInputs> batches;
    for (auto index = first; index < end; ++index) {
        const auto batch = loader_->batch(epoch, index);
        pictures.insert(pictures.end(), batch.pictures.begin(), batch.pictures.end());
        batches.push_back(step_maker_->prepare(batch, step_, index - first, share));
    }
    try {
        const auto result =
            player_->play(batches, optim::rate_at(job_.optim.schedule, step_, horizon_.total_steps));
        return {step_, std::move(pictures), result.loss, result.norm};
    } catch (const base::Error& error) {
        if (error.code() != ErrorCode::NoSpace) throw;
        settle();
        save_state();  // of the steps that are done
        throw;
    }
}

void Run::settle() {
    if (!pending_) return;
    auto launched = std::move(*pending_);
    pending_.reset();
    const auto numbers = launched.numbers();
    if (!std::isfinite(numbers.loss)) fail_not_finite("loss", launched.step(), launched.pictures());
    const bool fits = std::isfinite(numbers.norm);
    if (!fits && !may_overflow(recipe_.loss_scale.get()))
        fail_not_finite("gradient", launched.step(), launched.pictures());
    if (!fits) warn(words_of_skip(launched.step() + 1, recipe_.loss_scale->kept().value));
    pace_.step_done();
    report(launched.step(), numbers);
}

void Run::report(std::int64_t step, const Launched::Numbers& numbers) {
    smoothed_.add(numbers.loss);
    const double rate = optim::rate_at(job_.optim.schedule, step, horizon_.total_steps);
    const double pace = pace_.seconds_per_step();
    Event event{"metrics",
                {{"step", step + 1},
                 {"total_steps", horizon_.total_steps},
                 {"epoch", horizon_.epoch_of(step) + 1},
                 {"total_epochs", horizon_.epochs()},
                 {"loss", numbers.loss},
                 {"smoothed_loss", smoothed_.value()},
                 {"grad_norm", std::isfinite(numbers.norm) ? numbers.norm : 0.0},  // a step that was left out
                 {"step_seconds", pace_.last_seconds()},
                 {"seconds_per_step", pace},
                 {"seconds", base::process_age_seconds()},
                 {"eta_seconds", pace * static_cast<double>(horizon_.total_steps - step - 1)},
                 {"memory_bytes", static_cast<std::int64_t>(base::memory_now_bytes())},
                 {"recompute", relief_.plan().recompute},
                 {"parts", relief_.plan().parts}}};
    for (const auto& group : recipe_.optimizer->groups())
        event.fields.emplace_back(group.name == "text" ? "lr_text" : "lr", group.lr * rate);
    if (recipe_.device.is_cuda())
        event.fields.emplace_back(
            "gpu_memory_bytes",
            static_cast<std::int64_t>(tensor::memory_of_tensors(recipe_.device).peak_bytes));
    events_.take(event);
}

void Run::after_step() {
    const bool last = step_ == horizon_.total_steps;
    const auto every = [&](std::int64_t count) { return count > 0 && step_ % count == 0; };
    const bool saves_state = every(job_.output.state_every_steps) && !last;
    const bool saves_lora = saves_lora_after(job_.output, horizon_, step_);
    const bool paints = every(job_.sample.every_steps) && !last;
    if (saves_state || saves_lora || paints) settle();  // nothing is kept of a step that was not judged
    if (saves_state) save_state();
    if (saves_lora) keeper_.save_lora(recipe_, step_, horizon_);
    if (paints) paint_samples();
    pace_.restart();
}

void Run::finish() {
    outcome_ = {Outcome::End::Finished, step_, keeper_.save_final(recipe_, step_, horizon_)};
    save_state();
    if (job_.sample.at_end) paint_samples();
    events_.take({"end",
                  {{"reason", std::string("finished")},
                   {"step", step_},
                   {"file", outcome_.lora.string()},
                   {"text", fmt::format("The LoRA is {}.", outcome_.lora.string())}}});
}

void Run::save_state() {
    State state;
    state.step = step_;
    state.loss_sum = smoothed_.sum();
    state.loss_weight = smoothed_.weight();
    state.plan = relief_.plan();
    if (recipe_.loss_scale) state.loss_scale = recipe_.loss_scale->kept();
    state.adapter = recipe_.network->tensors();
    state.optimizer = recipe_.optimizer->state();
    keeper_.save_state(std::move(state));
}

void Run::paint_samples() {
    if (job_.sample.prompts.empty()) return;
    phase("sampling");
    keeper_.paint_samples(recipe_, step_, cancel_);
    phase("training");
}

void Run::fail_not_finite(std::string_view what, std::int64_t step,
                          const std::vector<std::size_t>& pictures) const {
    std::vector<std::string> names;
    for (const auto picture : pictures) names.push_back(pictures_[picture].file.filename().string());
    base::fail(
        ErrorCode::NotFinite,
        fmt::format("The {} became NaN at step {}, with {}.", what, step + 1, base::join(names, ", ")),
        "Nothing of it was saved. Lower optim.lr, or set train.precision = \"float32\"; if it is always the "
        "same "
        "picture, look at it.");
}

// Outside of a step, a want of memory cannot be mended; it is told like other trouble.
Outcome with_memory(const std::function<Outcome()>& work) {
    try {
        return work();
    } catch (const std::exception& error) {
        if (!tensor::is_out_of_memory(error)) throw;
        fail_for_memory("This run");
    }
}

}  // namespace

Outcome train(const settings::Job& asked, const RunDir& run, Start start, base::EventSink& listener,
              const base::Cancel& cancel) {
    const auto lock = run.lock();
    // Two that were started at once both found the place free; the one that came second must not write over the first.
    if (start == Start::Fresh && std::filesystem::exists(run.job_file()))
        base::fail(ErrorCode::Conflict, fmt::format("{} was begun by another process.", run.path().string()),
                   "Choose another name (output.name), or resume that run.");
    RunLog log(run);
    base::EventFan events;
    events.add(log);
    events.add(listener);
    try {
        const auto job =
            settle_precision(asked, start == Start::Fresh ? Begins::Now : Begins::Earlier, events);
        return with_memory([&] { return Run(job, run, events, cancel).go(start); });
    } catch (const base::Error& error) {
        const bool stopped = error.code() == ErrorCode::Interrupted;
        events.take({"end",
                     {{"reason", std::string(stopped ? "stopped" : "failed")},
                      {"text", std::string(error.what())},
                      {"hint", error.hint()}}});
        if (stopped) return {Outcome::End::Stopped, 0, {}};
        throw;
    }
}

}  // namespace lorikeet::train
