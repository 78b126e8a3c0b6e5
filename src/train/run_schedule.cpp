#include "train/run_schedule.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "optim/lr_schedule.hpp"

namespace lorikeet::train {

namespace {

bool every(std::int64_t count, const TrainingLength& length, std::int64_t step) {
    return count > 0 && step < length.total_steps && step % count == 0;
}

}  // namespace

bool saves_lora_after(const settings::Output& output, const TrainingLength& length, std::int64_t step) {
    if (step >= length.total_steps) return false;
    const bool by_epoch = length.ends_epoch(step - 1) && output.every_epochs > 0 &&
                          (length.epoch_of(step - 1) + 1) % output.every_epochs == 0;
    return by_epoch || every(output.every_steps, length, step);
}

bool saves_state_after(const settings::Output& output, const TrainingLength& length, std::int64_t step) {
    return every(output.state_every_steps, length, step);
}

std::int64_t steps_between_samples(const settings::Sample& sample, const TrainingLength& length) {
    constexpr std::int64_t kRounds = 4, kFewestSteps = 40;  // the last round is that of the end
    if (sample.every_steps) return *sample.every_steps;
    return length.total_steps < kFewestSteps ? 0 : (length.total_steps + kRounds - 1) / kRounds;
}

bool samples_after(const settings::Sample& sample, const TrainingLength& length, std::int64_t step) {
    return every(steps_between_samples(sample, length), length, step);
}

bool makes_samples(const settings::Sample& sample) {
    return sample.at_start || sample.at_end || sample.every_steps != 0;
}

bool validates_after(const settings::Validation& validation, const TrainingLength& length,
                     std::int64_t step) {
    if (step >= length.total_steps) return true;
    const bool by_epoch = length.ends_epoch(step - 1) && validation.every_epochs > 0 &&
                          (length.epoch_of(step - 1) + 1) % validation.every_epochs == 0;
    return by_epoch || every(validation.every_steps, length, step);
}

std::string lora_name(const std::string& name, const TrainingLength& length, std::int64_t step) {
    if (length.ends_epoch(step - 1))
        return fmt::format("{}-{:06d}.safetensors", name, length.epoch_of(step - 1) + 1);
    return fmt::format("{}-step{:08d}.safetensors", name, step);
}

namespace {

// Steps before the last that come every so many steps or epochs; what both ask for is one.
// Counted, not walked: a job may ask for a thousand million steps.
std::int64_t times_on_the_way(std::int64_t every_steps, std::int64_t every_epochs,
                              const TrainingLength& length) {
    const auto before_last = length.total_steps - 1;
    const auto times = [&](std::int64_t between) { return between > 0 ? before_last / between : 0; };
    const auto by_steps = std::max<std::int64_t>(0, every_steps);
    const auto by_epochs = std::max<std::int64_t>(0, every_epochs) * length.steps_per_epoch;
    // The times that both meet; their common multiple itself may be too large for a number.
    const auto shared = std::gcd(by_steps, by_epochs);
    const auto both = by_steps > 0 && by_epochs > 0 ? times(by_steps) / (by_epochs / shared) : 0;
    return times(by_steps) + times(by_epochs) - both;
}

}  // namespace

std::int64_t lora_files_of(const settings::Output& output, const TrainingLength& length) {
    auto on_the_way = times_on_the_way(output.every_steps, output.every_epochs, length);
    if (output.keep_last > 0) on_the_way = std::min(on_the_way, output.keep_last);
    return std::max<std::int64_t>(0, on_the_way) + 1;
}

std::int64_t validations_of(const settings::Validation& validation, const TrainingLength& length) {
    if (length.total_steps < 1) return 0;
    return times_on_the_way(validation.every_steps, validation.every_epochs, length) + 1;
}

std::int64_t samples_of(const settings::Sample& sample, const TrainingLength& length) {
    if (length.total_steps < 1) return 0;
    std::int64_t rounds = (sample.at_start ? 1 : 0) + (sample.at_end ? 1 : 0);
    if (const auto between = steps_between_samples(sample, length); between > 0)
        rounds += (length.total_steps - 1) / between;
    return rounds * std::max<std::int64_t>(1, std::ssize(sample.prompts));
}

std::int64_t warmup_steps_of(const settings::LrSchedule& schedule, const TrainingLength& length) {
    return optim::warmup_steps(schedule, length.total_steps);
}

}  // namespace lorikeet::train
