#include "train/loop.hpp"

#include <algorithm>
#include <cmath>
#include <exception>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "nn/group_norm_gpu.hpp"
#include "optim/lr_schedule.hpp"
#include "settings/toml.hpp"
#include "tensor/device.hpp"
#include "tensor/transfer.hpp"
#include "train/checkpoint_writer.hpp"
#include "train/choose.hpp"
#include "train/failure.hpp"
#include "train/metrics.hpp"
#include "train/out_of_memory_retry.hpp"
#include "train/pending_step.hpp"
#include "train/precision_choice.hpp"
#include "train/recipe.hpp"
#include "train/run_report.hpp"
#include "train/run_saver.hpp"
#include "train/session.hpp"
#include "train/setup.hpp"
#include "train/state.hpp"
#include "train/step.hpp"
#include "train/step_player.hpp"
#include "train/training_length.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

using base::ErrorCode;
using base::Event;

class Run {
  public:
    Run(const settings::Job& job, const RunDir& run, Session& session)
        : job_(job), run_(run), session_(session), saver_(job_, run, session), saves_(saver_, session, run) {}

    // Whatever ends it is told, and what is done is saved where that can be.
    Outcome go(Start start) {
        try {
            choose_what_is_open(start);
            if (start == Start::Fresh) base::write_whole(run_.job_file(), settings::write_job(job_));
            const tensor::OwnStream stream(device_for_work(job_, session_));
            try {
                work(start);
                return outcome_;
            } catch (...) {
                keep_what_is_done(std::current_exception());
                throw;
            }
        } catch (...) {
            return end_with(std::current_exception(), start);
        }
    }

  private:
    void choose_what_is_open(Start start);
    void work(Start start);
    void keep_what_is_done(const std::exception_ptr& thrown);
    Outcome end_with(const std::exception_ptr& thrown, Start start);
    void begin(const RunPhase& phase);
    void go_through(Phase phase, Start start);
    void fit(Start start);
    void take_up_state(Start start);
    void train_all_steps();
    void do_what_is_asked();
    void one_step();
    PendingStep launch();
    void settle();
    void report(std::int64_t step, const PendingStep::Numbers& numbers);
    void after_step();
    void stop();
    void save_final();
    void finish();
    SaveNow now();
    State state() const;
    std::int64_t make_samples();
    bool is_time_to_validate() const;
    void validate();

    settings::Job job_;
    const RunDir& run_;
    Session& session_;
    RunSaver saver_;
    CheckpointWriter saves_;

    Setup setup_;
    Recipe& recipe_ = setup_.recipe;
    TrainingLength& length_ = setup_.length;
    std::optional<Step> step_maker_;
    OutOfMemoryRetry retry_{{job_.train.recompute == settings::Recompute::On, 1},
                            [this](std::string text) { session_.warn(std::move(text)); }};
    std::optional<StepPlayer> player_;
    Smoothed smoothed_;
    Pace pace_;
    std::int64_t step_ = 0;               // optimizer steps done
    std::int64_t validated_ = 0;          // the last of them with a validation loss
    std::optional<PendingStep> pending_;  // the last of them, while its numbers are on their way
    CheckpointWriter::Final saved_;
    Outcome outcome_;
};

// So that job.toml says what was chosen.
void Run::choose_what_is_open(Start start) {
    if (start != Start::Fresh) job_ = as_begun(std::move(job_));
    if (leaves_length_open(job_)) session_.phase("reading images");
    auto [whole, words] = choose(job_, session_.cancel());
    job_ = std::move(whole);
    if (!words.empty()) session_.note(std::move(words));
    job_ = settle_precision(job_, start == Start::Fresh ? Begins::Now : Begins::Earlier, session_);
}

void Run::work(Start start) {
    tensor::allow_tf32(job_.train.tf32);
    tensor::set_threads(static_cast<int>(job_.train.threads));
    setup_ = begin_setup(job_, session_, saver_);
    bool steps_done = false;  // from then on the run is finished, whatever is asked for
    for (const auto& phase : setup_.phases.in_order) {
        if (!steps_done) session_.cancel().throw_if_stopped();
        go_through(phase.phase, start);
        if (phase.phase != Phase::Train) continue;
        if (step_ < length_.total_steps) return stop();
        steps_done = true;
    }
    finish();
}

void Run::begin(const RunPhase& phase) {
    if (const auto name = name_of(phase.phase); !name.empty()) session_.phase(std::string(name));
    if (recipe_.model) release_others(*recipe_.model, phase);
}

void Run::go_through(Phase phase, Start start) {
    if (phase == Phase::SampleBetween) return;  // behind its steps: after_step()
    if (phase == Phase::SampleFirst && step_ > 0) return;
    begin(setup_.phases.at(phase));
    switch (phase) {
        case Phase::Load:
        case Phase::CacheLatents:
        case Phase::CacheText: return set_up(setup_, phase, job_, session_, saver_);
        case Phase::Fit: return fit(start);
        case Phase::Train: return train_all_steps();
        case Phase::Save: return save_final();
        case Phase::SampleFirst:
        case Phase::SampleLast: saver_.make_samples(recipe_, step_, session_.cancel()); return;
        case Phase::SampleBetween: return;
    }
}

void Run::fit(Start start) {
    retry_.set_plan(setup_.plan);
    fit_trainee(recipe_, job_);
    if (start != Start::Fresh) take_up_state(start);
    step_maker_.emplace(recipe_, job_);
    player_.emplace(*step_maker_, recipe_, job_, retry_,
                    [this](std::string text) { session_.warn(std::move(text)); });
    if (const auto why = nn::trouble_with_kernels(recipe_.device); !why.empty())
        session_.warn(fmt::format("Lorikeet's own kernels are not used, which makes steps slower: {}.", why));
}

void Run::take_up_state(Start start) {
    const auto state = saver_.load_state(
        length_.total_steps, start == Start::ResumeAsItIs ? Differences::Accept : Differences::Refuse);
    saver_.record_job();
    if (!state) return session_.warn("There is no saved state; the run begins at its first step.");
    recipe_.trainee->load_state(state->trainee);
    recipe_.optimizer->load_state(state->optimizer);
    smoothed_.restore(state->loss_sum, state->loss_weight);
    retry_.set_plan(
        {retry_.plan().recompute || state->plan.recompute, std::max(retry_.plan().parts, state->plan.parts)});
    if (recipe_.loss_scale) recipe_.loss_scale->restore(state->loss_scale);
    step_ = state->step;
    validated_ = state->validated;
    saves_.state_is(step_);
    session_.take({"phase", {{"name", std::string("resumed")}, {"step", step_}}});
}

void Run::train_all_steps() {
    session_.begin_steps();
    tensor::forget_peak(recipe_.device);
    if (step_ > validated_ && is_time_to_validate()) validate();  // a stop came first
    pace_.restart();
    bool stopping = false;
    while (step_ < length_.total_steps && !stopping) {
        one_step();
        after_step();
        do_what_is_asked();
        stopping = session_.stop_requested();
        saver_.start_hashing();  // somebody waited for the first step
    }
    settle();
}

void Run::do_what_is_asked() {
    for (const auto request : session_.take_requests()) {
        settle();
        if (request == Request::Save) {
            auto why = saves_.save_file(now());
            if (auto also = saves_.save_state(now()); why.empty()) why = std::move(also);
            if (why.empty())
                session_.done(request, fmt::format("Saved after step {}.", step_));
            else
                session_.dropped(request, fmt::format("It could not be saved: {}", why));
        } else if (make_samples() > 0) {
            session_.done(request, fmt::format("Samples were made after step {}.", step_));
        } else {
            session_.dropped(request, "No sample could be made.");
        }
        pace_.restart();
    }
}

void Run::one_step() {
    auto pending = launch();
    ++step_;
    const bool first = pace_.seconds_per_step() == 0;  // somebody waits to see it
    settle();  // the step before: its numbers had this one's launch to arrive
    pending_ = std::move(pending);
    if (first || recipe_.device.is_cpu()) settle();
}

PendingStep Run::launch() {
    const auto epoch = length_.epoch_of(step_);
    const auto first = length_.first_batch(step_), end = length_.end_batch(step_);
    const double share = 1.0 / static_cast<double>(end - first);
    std::vector<std::size_t> images;
    std::vector<StepInputs> batches;
    for (auto index = first; index < end; ++index) {
        const auto batch = setup_.loader->batch(epoch, index);
        images.insert(images.end(), batch.images.begin(), batch.images.end());
        batches.push_back(step_maker_->prepare(batch, step_, index - first, share));
    }
    const auto result =
        player_->play(batches, optim::rate_at(job_.optim.schedule, step_, length_.total_steps));
    return {step_, std::move(images), result.loss, result.norm,
            recipe_.loss_scale ? recipe_.loss_scale->value() : at::Tensor()};
}

void Run::settle() {
    if (!pending_) return;
    auto pending = std::move(*pending_);
    pending_.reset();
    const auto numbers = pending.numbers();
    if (!std::isfinite(numbers.loss))
        fail_not_finite("loss", pending.step(), setup_.images, pending.images());
    const bool fits = std::isfinite(numbers.norm);
    if (!fits && !may_overflow(numbers.loss_scale))
        fail_not_finite("gradient", pending.step(), setup_.images, pending.images());
    if (!fits) session_.warn(words_of_skip(pending.step() + 1, numbers.loss_scale));
    pace_.step_done();
    report(pending.step(), numbers);
}

void Run::report(std::int64_t step, const PendingStep::Numbers& numbers) {
    smoothed_.add(numbers.loss);
    const double rate = optim::rate_at(job_.optim.schedule, step, length_.total_steps);
    session_.take(metrics_of({step, numbers, rate, retry_.plan(), setup_.loader->take_waited_seconds()},
                             length_, smoothed_, pace_, recipe_));
}

void Run::after_step() {
    const bool saves_state = saves_state_after(job_.output, length_, step_);
    const bool saves_file = saves_lora_after(job_.output, length_, step_);
    const bool samples_now = samples_after(job_.sample, length_, step_);
    const bool retries = saves_.is_due();
    const bool validates = is_time_to_validate();
    if (saves_state || saves_file || samples_now || retries || validates)
        settle();               // nothing is kept of a step that was not judged
    if (validates) validate();  // before the state: a resume does not come back to this step
    if (saves_state) saves_.save_state(now());
    if (saves_file) saves_.save_file(now());
    if (retries) saves_.retry(now());
    if (samples_now) make_samples();
    pace_.restart();
}

void Run::stop() {
    saves_.save_stopped(now());
    outcome_ = {Outcome::End::Stopped, step_, {}};
    session_.end_stopped(fmt::format("Go on with: lorikeet resume {}", run_.path().string()), {},
                         saves_.unsaved());
}

void Run::save_final() {
    saved_ = saves_.save_final(now());
    saves_.save_state(now());
    saves_.state_is(step_);  // all is done that can be
}

void Run::finish() {
    if (saved_.trouble) throw *saved_.trouble;
    outcome_ = {Outcome::End::Finished, step_, saved_.file};
    session_.end_finished(saved_.file.string(), saver_.result());
}

SaveNow Run::now() {
    return {step_, recipe_, length_, [this] { return state(); }};
}

State Run::state() const {
    State state;
    state.step = step_;
    state.validated = validated_;
    state.loss_sum = smoothed_.sum();
    state.loss_weight = smoothed_.weight();
    state.plan = retry_.plan();
    if (recipe_.loss_scale) state.loss_scale = recipe_.loss_scale->kept();
    state.trainee = recipe_.trainee->state();
    state.optimizer = recipe_.optimizer->state();
    return state;
}

// On the way; the steps go on afterwards, where there are more.
std::int64_t Run::make_samples() {
    begin(setup_.phases.between);
    const auto made = saver_.make_samples(recipe_, step_, session_.cancel());
    if (step_ < length_.total_steps) begin(setup_.phases.at(Phase::Train));
    return made;
}

bool Run::is_time_to_validate() const {
    return setup_.validation && validates_after(job_.data.validation, length_, step_);
}

void Run::validate() {
    const bool done = setup_.validation->tell(recipe_, *step_maker_, session_, step_);
    begin(setup_.phases.at(Phase::Train));
    if (done) validated_ = step_;  // else it is to stop, and a resume begins with it
}

// Not behind a number that is none, nor when weights may be half moved.
void Run::keep_what_is_done(const std::exception_ptr& thrown) {
    const auto code = failure_of(thrown, "This run").code();
    const bool sound = player_ && !player_->broke_off() && code != ErrorCode::NotFinite;
    if (!sound || code == ErrorCode::Interrupted || step_ <= saves_.saved_step()) return;
    try {
        settle();
    } catch (const std::exception&) {
        return;  // the last step is not sound; what was saved before it is
    }
    saves_.save_state(now());
    saves_.save_file(now());
}

Outcome Run::end_with(const std::exception_ptr& thrown, Start start) {
    auto error = failure_of(thrown, "This run");
    if (start != Start::Fresh || player_)
        if (const auto where = where_moved(job_, run_); !where.empty())
            error = {error.code(), error.what(), error.hint().empty() ? where : error.hint() + " " + where};
    if (error.code() != ErrorCode::Interrupted) {
        session_.end_failed(error);
        throw base::Error(error);
    }
    session_.end_stopped(error.what(), error.hint());
    return {Outcome::End::Stopped, step_, {}};
}

}  // namespace

Outcome train(const settings::Job& job, const RunDir& run, Start start, base::EventSink& listener,
              const base::Cancel& cancel) {
    const auto lock = run.lock();
    // Two that were started at once both found the place free; the one that came second must not write over the first.
    if (start == Start::Fresh && base::is_there(run.job_file()))
        base::fail(ErrorCode::Conflict, fmt::format("{} was begun by another process.", run.path().string()),
                   "Choose another name (output.name), or resume that run.");
    run.ensure_folders();
    const bool fresh = start == Start::Fresh;
    Session session(run, fresh ? SessionStart::Fresh : SessionStart::Resume, listener, cancel,
                    fresh ? 0 : step_of_state(run.state_file()));
    return Run(job, run, session).go(start);
}

}  // namespace lorikeet::train
