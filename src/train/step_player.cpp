#include "train/step_player.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <c10/util/Exception.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lorikeet::train {
namespace {

// Batches of a shape that are learned plainly before one is recorded: libraries choose their ways and recorded their memory in them.
constexpr int kWarmUp = 2;

std::vector<std::int64_t> shapes_of(StepInputs inputs) {
    std::vector<std::int64_t> shapes;
    for (const auto* tensor : inputs.tensors()) {
        shapes.push_back(tensor->dim());
        shapes.insert(shapes.end(), tensor->sizes().begin(), tensor->sizes().end());
    }
    return shapes;
}

// What stands in the way before anything is tried.
std::string obstacle(const Recipe& recipe, const settings::Job& job) {
    if (job.train.record_steps == settings::RecordSteps::Off) return "train.record_steps is off";
    if (auto why = recipe.trainee->why_not_recorded(); !why.empty()) return why;
    if (!recipe.optimizer->can_be_recorded()) return "the optimizer waits for numbers of the GPU";
    return {};
}

}  // namespace

struct StepPlayer::BatchShape {
    int seen = 0;
    StepInputs inputs;  // what the recording reads
    std::unique_ptr<tensor::Recording> recording;
    std::uint64_t played = 0;  // when it was last
};

StepPlayer::StepPlayer(Step& step, const Recipe& recipe, const settings::Job& job, OutOfMemoryRetry& retry,
                       Say say)
    : step_(step),
      recipe_(recipe),
      retry_(retry),
      wish_(job.train.record_steps),
      on_processor_(recipe.device.is_cpu()),
      say_(std::move(say)) {
    why_not_ = obstacle(recipe, job);
    if (why_not_.empty()) {
        auto found = tensor::find_recorder(recipe.device);
        recorder_ = std::move(found.recorder);
        why_not_ = std::move(found.cause);
    }
    // That a processor or a wish is in the way is no news.
    if (!recorder_ &&
        (wish_ == settings::RecordSteps::On || (wish_ == settings::RecordSteps::Auto && !on_processor_)))
        give_up(why_not_);
}

StepPlayer::~StepPlayer() = default;

void StepPlayer::record_with(std::unique_ptr<tensor::Recorder> recorder, std::size_t most_shapes) {
    forget_recordings();
    recorder_ = std::move(recorder);
    most_shapes_ = most_shapes;
    why_not_.clear();
}

std::size_t StepPlayer::recordings() const {
    const auto batches = std::count_if(shapes_.begin(), shapes_.end(),
                                       [](const auto& shape) { return shape.second->recording != nullptr; });
    return static_cast<std::size_t>(batches) + (move_ ? 1 : 0);
}

// Whether all of a step can be played: each batch's shape came often enough, and the optimizer works as when it last moved.
bool StepPlayer::is_warm(std::span<const StepInputs> batches) {
    bool warm = true;
    for (const auto& inputs : batches) {
        auto& shape = shapes_[shapes_of(inputs)];
        if (!shape) shape = std::make_unique<BatchShape>();
        warm = warm && shape->seen >= kWarmUp;
    }
    if (move_ && arrangement_ != step_.arrangement()) {
        move_.reset();
        return false;
    }
    return warm;
}

StepResult StepPlayer::play(std::span<const StepInputs> batches, double rate) {
    if (!recorder_) return plain(batches, rate);
    if (!is_warm(batches)) {
        const auto result = plain(batches, rate);
        for (const auto& inputs : batches) ++shapes_.at(shapes_of(inputs))->seen;
        return result;
    }
    const auto rates = step_.rates(rate);
    for (const auto& inputs : batches) {
        auto& shape = *shapes_.at(shapes_of(inputs));
        if (!shape.recording && !record_batch(shape, inputs)) return plain(batches, rate);
        auto given = inputs;
        const auto from = given.tensors(), to = shape.inputs.tensors();
        for (std::size_t i = 0; i < to.size(); ++i) to[i]->copy_(*from[i], /*non_blocking=*/true);
        shape.played = ++plays_;
        shape.recording->play();
    }
    if (!move_ && !record_move(rates)) return plain(batches, rate);
    rates_.copy_(rates, /*non_blocking=*/true);
    moving_ = true;
    move_->play();
    moving_ = false;
    return result_;
}

namespace {

// A batch's part of its step's loss.
at::Tensor share_of(const at::Tensor& loss, const StepInputs& inputs) {
    return loss.to(at::kDouble) * inputs.share;
}

bool same_tensors(at::TensorList ones, at::TensorList others) {
    return std::equal(ones.begin(), ones.end(), others.begin(), others.end(),
                      [](const auto& one, const auto& other) { return one.is_same(other); });
}

}  // namespace

at::Tensor StepPlayer::learn_all(std::span<const StepInputs> batches) {
    at::Tensor loss;
    for (const auto& inputs : batches) {
        const auto part = share_of(step_.learn(inputs), inputs);
        loss = loss.defined() ? loss + part : part;
        if (on_processor_ && !std::isfinite(loss.item<double>())) break;
    }
    return loss;
}

StepResult StepPlayer::plain(std::span<const StepInputs> batches, double rate) {
    at::Tensor loss;
    std::int64_t images = 1;
    for (const auto& inputs : batches) images = std::max(images, inputs.draws.latents.size(0));
    const auto attempt = [&](const StepPlan& plan) {
        step_.set_plan(plan);
        loss = learn_all(batches);
    };
    retry_.run(images, attempt, [&] { step_.forget_gradients(); });
    // The processor knows its numbers at once, and moves nothing by those that are none.
    if (on_processor_ && !std::isfinite(loss.item<double>())) return {loss, {}};
    if (recorder_) remember_trained();
    moving_ = true;
    const auto norm = step_.move(rate, loss);
    moving_ = false;
    return {loss, norm};
}

std::vector<at::Tensor> StepPlayer::learned() const {
    auto parameters = recipe_.optimizer->parameters();
    std::erase_if(parameters, [](const auto& parameter) { return !parameter.grad().defined(); });
    return parameters;
}

// Where others learned just now than before, what was recorded of those is of no use.
void StepPlayer::remember_trained() {
    auto trained = learned();
    if (same_tensors(trained, trained_)) return;
    for (auto& [shapes, shape] : shapes_) shape->recording.reset();
    move_.reset();
    gradients_.clear();
    trained_ = std::move(trained);
}

// A recording reads from where its first inputs lay, so it gets copies that stay.
bool StepPlayer::record_batch(BatchShape& shape, const StepInputs& inputs) {
    make_room();
    shape.inputs = inputs;
    for (auto* tensor : shape.inputs.tensors()) *tensor = tensor->clone();
    return record(shape.recording, [&] { learn_recorded(shape.inputs); });
}

bool StepPlayer::record_move(const at::Tensor& rates) {
    rates_ = rates.clone();
    if (!record(move_, [this] { move_recorded(); })) return false;
    arrangement_ = step_.arrangement();
    return true;
}

bool StepPlayer::record(std::unique_ptr<tensor::Recording>& recording, const std::function<void()>& work) {
    try {
        if (gradients_.empty()) {
            const at::NoGradGuard no_gradient;
            for (const auto& parameter : trained_) gradients_.push_back(at::zeros_like(parameter));
            loss_ = at::zeros({}, at::TensorOptions(recipe_.device).dtype(at::kDouble));
        }
        recording = recorder_->record(work);
        return true;
    } catch (const c10::Error& error) {
        step_.forget_gradients();
        give_up(base::split(error.what_without_backtrace(), "\n").front());
    }
    return false;
}

// The gradient is worked out for itself and then added, all of it at once: adding each tensor by itself takes an operation each.
void StepPlayer::learn_recorded(const StepInputs& inputs) {
    const auto loss = share_of(step_.learn(inputs), inputs);
    const at::NoGradGuard no_gradient;
    TORCH_CHECK(same_tensors(learned(), trained_), "batches of different shapes train different weights");
    std::vector<at::Tensor> gradients;
    for (const auto& parameter : trained_) gradients.push_back(parameter.grad());
    at::_foreach_add_(gradients_, gradients);
    loss_.add_(loss);
    step_.forget_gradients();
}

void StepPlayer::move_recorded() {
    const at::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < trained_.size(); ++i) trained_[i].mutable_grad() = gradients_[i];
    result_.loss = loss_.clone();
    result_.norm = step_.move_queued(rates_, result_.loss);
    step_.forget_gradients();
    at::_foreach_zero_(gradients_);
    loss_.zero_();
}

// The recording that was not played for the longest time goes where one more would be too many.
void StepPlayer::make_room() {
    std::size_t kept = 0;
    BatchShape* oldest = nullptr;
    for (const auto& [shapes, shape] : shapes_) {
        if (!shape->recording) continue;
        ++kept;
        if (oldest == nullptr || shape->played < oldest->played) oldest = shape.get();
    }
    if (kept < most_shapes_) return;
    oldest->recording.reset();
    oldest->inputs = {};
    if (!std::exchange(said_too_many_, true))
        say_(fmt::format(
            "There are batches of more than {} shapes. Recordings of so many are kept, and those that were "
            "not used for the longest time are made again when they are, which takes longer. A larger "
            "data.bucket_step makes fewer shapes.",
            most_shapes_));
}

void StepPlayer::forget_recordings() {
    shapes_.clear();
    move_.reset();
    gradients_.clear();
    trained_.clear();
    loss_.reset();
    result_ = {};
}

// What was recorded goes with it: a GPU's memory is for the steps that now run as they come.
void StepPlayer::give_up(std::string why) {
    forget_recordings();
    recorder_.reset();
    why_not_ = std::move(why);
    if (wish_ == settings::RecordSteps::On)
        base::fail(base::ErrorCode::Unsupported, fmt::format("Steps cannot be recorded: {}.", why_not_),
                   "Set train.record_steps = \"auto\" to train without.");
    say_(fmt::format("Steps are not recorded, which makes them slower: {}. The numbers are the same.",
                     why_not_));
}

}  // namespace lorikeet::train
