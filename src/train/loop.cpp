#include "train/loop.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "data/scan.hpp"
#include "optim/lr_schedule.hpp"
#include "settings/toml.hpp"
#include "tensor/device.hpp"
#include "tensor/out_of_memory.hpp"
#include "train/horizon.hpp"
#include "train/keeper.hpp"
#include "train/metrics.hpp"
#include "train/recipe.hpp"
#include "train/relief.hpp"
#include "train/run_log.hpp"
#include "train/step.hpp"
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
        tensor::pick_device(name_of(job_.train.device));
        tensor::set_threads(static_cast<int>(job_.train.threads));
        read_pictures();
        phase("loading");
        recipe_ = load_recipe(job_);
        fill_cache();
        fit_adapter(recipe_, job_);
        if (start == Start::Resume) take_up_state();
        train_all_steps();
        return outcome_;
    }

  private:
    void phase(std::string name) { events_.take({"phase", {{"name", std::move(name)}}}); }
    void warn(std::string text) { events_.take({"warning", {{"text", std::move(text)}}}); }

    void read_pictures();
    void fill_cache();
    void take_up_state();
    void train_all_steps();
    void one_step();
    double gather(const std::vector<data::Batch>& batches);
    void report(double loss, double norm);
    void after_step();
    void finish();
    void save_state();
    void paint_samples();
    [[noreturn]] void fail_not_finite(std::string_view what, const std::vector<data::Batch>& batches) const;
    std::vector<std::string> names_of(const std::vector<data::Batch>& batches) const;

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
    Smoothed smoothed_;
    Pace pace_;
    std::int64_t step_ = 0;  // optimizer steps done
    Outcome outcome_;
};

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

void Run::fill_cache() {
    phase("caching");
    loader_.emplace(pictures_, job_.data, static_cast<std::uint64_t>(job_.train.seed),
                    encoder_of(*recipe_.model));
    horizon_ = horizon_of(job_.train, loader_->batches_per_epoch());
    loader_->fill_cache(
        [&](std::size_t done, std::size_t total, const base::Path& file) {
            events_.take({"progress",
                          {{"done", static_cast<std::int64_t>(done)},
                           {"total", static_cast<std::int64_t>(total)},
                           {"what", file.filename().string()}}});
        },
        cancel_);
}

void Run::take_up_state() {
    const auto state = keeper_.load_state(horizon_.total_steps);
    if (!state) return warn("There is no saved state; the run begins at its first step.");
    step_ = state->step;
    smoothed_.restore(state->loss_sum, state->loss_weight);
    relief_.set_plan({relief_.plan().recompute || state->plan.recompute, state->plan.parts});
    recipe_.network->load(state->adapter);
    recipe_.optimizer->load_state(state->optimizer);
    events_.take({"phase", {{"name", std::string("resumed")}, {"step", step_}}});
}

void Run::train_all_steps() {
    step_maker_.emplace(recipe_, job_);
    if (step_ == 0 && job_.sample.at_start) paint_samples();
    phase("training");
    pace_.restart();
    bool stop = false;
    while (step_ < horizon_.total_steps && !stop) {
        one_step();
        after_step();
        stop = cancel_.stop_requested();
        for (const auto request : run_.take_requests()) {
            if (request == Request::Stop) stop = true;
            if (request == Request::Save) save_state(), keeper_.save_lora(recipe_, step_, horizon_);
            if (request == Request::Sample) paint_samples();
        }
    }
    if (step_ >= horizon_.total_steps) return finish();
    save_state();
    outcome_ = {Outcome::End::Stopped, step_, {}};
    events_.take({"end",
                  {{"reason", std::string("stopped")},
                   {"step", step_},
                   {"text", fmt::format("Go on with: lorikeet resume {}", run_.path().string())}}});
}

void Run::one_step() {
    const auto epoch = horizon_.epoch_of(step_);
    const auto first = horizon_.first_batch(step_), end = horizon_.end_batch(step_);
    std::vector<data::Batch> batches;
    for (auto index = first; index < end; ++index) batches.push_back(loader_->batch(epoch, index));
    const double loss = gather(batches);
    if (!std::isfinite(loss)) fail_not_finite("loss", batches);
    const double norm = step_maker_->move(optim::rate_at(job_.optim.schedule, step_, horizon_.total_steps));
    if (!std::isfinite(norm)) fail_not_finite("gradient", batches);
    ++step_;
    pace_.step_done();
    report(loss, norm);
}

// The gradient of one step, and its loss; repeated in a safer way when the memory does not suffice.
double Run::gather(const std::vector<data::Batch>& batches) {
    const double share = 1.0 / static_cast<double>(batches.size());
    double loss = 0;
    const auto attempt = [&](const StepPlan& plan) {
        loss = 0;
        step_maker_->set_plan(plan);
        for (std::size_t i = 0; i < batches.size() && std::isfinite(loss); ++i)
            loss += share * step_maker_->gather(batches[i], step_, static_cast<std::int64_t>(i), share);
    };
    const auto most = std::max_element(batches.begin(), batches.end(), [](const auto& a, const auto& b) {
        return a.pictures.size() < b.pictures.size();
    });
    try {
        relief_.run(static_cast<std::int64_t>(most->pictures.size()), attempt,
                    [&] { recipe_.optimizer->zero_grad(); });
    } catch (const base::Error& error) {
        if (error.code() == ErrorCode::NoSpace) save_state();  // of the steps that are done
        throw;
    }
    return loss;
}

void Run::report(double loss, double norm) {
    smoothed_.add(loss);
    const double rate = optim::rate_at(job_.optim.schedule, step_ - 1, horizon_.total_steps);
    const double pace = pace_.seconds_per_step();
    Event event{"metrics",
                {{"step", step_},
                 {"total_steps", horizon_.total_steps},
                 {"epoch", horizon_.epoch_of(step_ - 1) + 1},
                 {"total_epochs", horizon_.epochs()},
                 {"loss", loss},
                 {"smoothed_loss", smoothed_.value()},
                 {"grad_norm", norm},
                 {"step_seconds", pace_.last_seconds()},
                 {"seconds_per_step", pace},
                 {"seconds", base::process_age_seconds()},
                 {"eta_seconds", pace * static_cast<double>(horizon_.total_steps - step_)},
                 {"memory_bytes", static_cast<std::int64_t>(base::memory_now_bytes())},
                 {"recompute", relief_.plan().recompute},
                 {"parts", relief_.plan().parts}}};
    for (const auto& group : recipe_.optimizer->groups())
        event.fields.emplace_back(group.name == "text" ? "lr_text" : "lr", group.lr * rate);
    events_.take(event);
}

void Run::after_step() {
    const bool last = step_ == horizon_.total_steps;
    const auto every = [&](std::int64_t count) { return count > 0 && step_ % count == 0; };
    if (every(job_.output.state_every_steps) && !last) save_state();
    if (saves_lora_after(job_.output, horizon_, step_)) keeper_.save_lora(recipe_, step_, horizon_);
    if (every(job_.sample.every_steps) && !last) paint_samples();
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

std::vector<std::string> Run::names_of(const std::vector<data::Batch>& batches) const {
    std::vector<std::string> names;
    for (const auto& batch : batches)
        for (const auto picture : batch.pictures)
            names.push_back(pictures_[picture].file.filename().string());
    return names;
}

void Run::fail_not_finite(std::string_view what, const std::vector<data::Batch>& batches) const {
    const auto names = names_of(batches);
    base::fail(
        ErrorCode::NotFinite,
        fmt::format("The {} became NaN at step {}, with {}.", what, step_ + 1, base::join(names, ", ")),
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

Outcome train(const settings::Job& job, const RunDir& run, Start start, base::EventSink& listener,
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
