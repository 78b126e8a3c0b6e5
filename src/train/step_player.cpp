#include "train/step_player.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lorikeet::train {
namespace {

// Steps of a shape that run plainly before one is recorded: libraries choose their ways and recorded their memory in them.
constexpr int kWarmUp = 2;
// Every shape has a recording of its own. So many are kept; steps of further shapes run as they come.
constexpr std::size_t kMostShapes = 64;

std::vector<std::int64_t> shapes_of(std::span<const StepInputs> batches) {
    std::vector<std::int64_t> shapes;
    for (auto inputs : batches)
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

struct StepPlayer::RecordedStep {
    int seen = 0;
    std::vector<StepInputs> batches;
    at::Tensor rates;
    StepResult result;
    std::unique_ptr<tensor::Recording> recording;
    std::uint64_t arrangement = 0;  // of the optimizer, when it was recorded
};

StepPlayer::StepPlayer(Step& step, const Recipe& recipe, const settings::Job& job, OutOfMemoryRetry& retry,
                       Say say)
    : step_(step),
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

void StepPlayer::record_with(std::unique_ptr<tensor::Recorder> recorder) {
    recorded_.clear();
    recorder_ = std::move(recorder);
    why_not_.clear();
}

std::size_t StepPlayer::recordings() const {
    return static_cast<std::size_t>(
        std::count_if(recorded_.begin(), recorded_.end(),
                      [](const auto& recorded) { return recorded.second->recording != nullptr; }));
}

StepResult StepPlayer::play(std::span<const StepInputs> batches, double rate) {
    if (!recorder_) return plain(batches, rate);
    auto shapes = shapes_of(batches);
    if (recorded_.size() >= kMostShapes && !recorded_.contains(shapes)) return plain(batches, rate);
    auto& recorded = recorded_[std::move(shapes)];
    if (!recorded) recorded = std::make_unique<RecordedStep>();
    if (recorded->recording && recorded->arrangement != step_.arrangement()) recorded->recording.reset();
    if (!recorded->recording && recorded->seen++ < kWarmUp) return plain(batches, rate);
    const auto rates = step_.rates(rate);
    if (!recorded->recording && !record(*recorded, batches, rates)) return plain(batches, rate);
    for (std::size_t i = 0; i < batches.size(); ++i) {
        auto given = batches[i];
        const auto from = given.tensors(), to = recorded->batches[i].tensors();
        for (std::size_t k = 0; k < to.size(); ++k) to[k]->copy_(*from[k], /*non_blocking=*/true);
    }
    recorded->rates.copy_(rates, /*non_blocking=*/true);
    moving_ = true;
    recorded->recording->play();
    moving_ = false;
    return recorded->result;
}

at::Tensor StepPlayer::learn_all(std::span<const StepInputs> batches) {
    at::Tensor loss;
    for (const auto& inputs : batches) {
        const auto part = step_.learn(inputs).to(at::kDouble) * inputs.share;
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
    moving_ = true;
    const auto norm = step_.move(rate, loss);
    moving_ = false;
    return {loss, norm};
}

StepResult StepPlayer::queue(std::span<const StepInputs> batches, const at::Tensor& rates) {
    const auto loss = learn_all(batches);
    const auto norm = step_.move_queued(rates, loss);
    step_.forget_gradients();
    return {loss, norm};
}

// A recording reads from where its first inputs lay, so it gets copies that stay.
bool StepPlayer::record(RecordedStep& recorded, std::span<const StepInputs> batches,
                        const at::Tensor& rates) {
    try {
        recorded.batches.assign(batches.begin(), batches.end());
        for (auto& inputs : recorded.batches)
            for (auto* tensor : inputs.tensors()) *tensor = tensor->clone();
        recorded.rates = rates.clone();
        recorded.recording =
            recorder_->record([&] { recorded.result = queue(recorded.batches, recorded.rates); });
        recorded.arrangement = step_.arrangement();
        return true;
    } catch (const c10::Error& error) {
        step_.forget_gradients();
        give_up(base::split(error.what_without_backtrace(), "\n").front());
    }
    return false;
}

// What was recorded goes with it: a GPU's memory is for the steps that now run as they come.
void StepPlayer::give_up(std::string why) {
    recorded_.clear();
    recorder_.reset();
    why_not_ = std::move(why);
    if (wish_ == settings::RecordSteps::On)
        base::fail(base::ErrorCode::Unsupported, fmt::format("Steps cannot be recorded: {}.", why_not_),
                   "Set train.record_steps = \"auto\" to train without.");
    say_(fmt::format("Steps are not recorded, which makes them slower: {}. The numbers are the same.",
                     why_not_));
}

}  // namespace lorikeet::train
