#include "train/memory_plan.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/machine.hpp"
#include "base/text.hpp"
#include "settings/check.hpp"
#include "settings/chosen.hpp"
#include "tensor/cuda.hpp"
#include "tensor/device.hpp"
#include "train/precision_choice.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

using Images = std::vector<data::DatasetImage>;

std::string human(std::int64_t bytes) {
    return base::human_bytes(static_cast<std::uint64_t>(std::max<std::int64_t>(0, bytes)));
}

std::int64_t room_of(const settings::Job& job) {
    const auto device = tensor::pick_device(name_of(job.train.device));
    if (device.is_cuda()) return static_cast<std::int64_t>(tensor::memory_of(device).free_bytes);
    const auto machine = base::machine_memory();
    if (machine.total_bytes == 0) return 0;
    return static_cast<std::int64_t>(machine.free_bytes + base::memory_now_bytes());
}

// From the fastest to the one that takes least.
std::vector<StepPlan> plans_of(const settings::Job& job, const Images& images) {
    std::vector<StepPlan> plans{{job.train.recompute == settings::Recompute::On, 1}};
    if (job.train.recompute == settings::Recompute::Off) return plans;  // until a step does run out of memory
    const auto batch = largest_batch(job, images).images;
    while (true) {
        const auto next = safer(plans.back(), batch);
        if (next == plans.back()) return plans;
        plans.push_back(next);
    }
}

struct Change {
    std::string path;
    std::string value;
};

// What may be changed, from what is missed least to what is missed most.
std::vector<Change> changes_of(const settings::Job& job) {
    std::vector<Change> changes;
    if (job.train.recompute == settings::Recompute::Off) changes.push_back({"train.recompute", "auto"});
    auto other = job;
    other.train.precision = settings::Precision::Auto;
    const auto best = with_precision(other).train.precision;
    if (job.train.precision == settings::Precision::Float32 && best != settings::Precision::Float32)
        changes.push_back({"train.precision", std::string(say(best).word)});
    changes.push_back({"optim.rule", "adamw8bit"});
    for (auto rank = settings::chosen(job.adapter.rank) / 2; rank >= 4; rank /= 2)
        changes.push_back({"adapter.rank", fmt::format("{}", rank)});
    if (job.adapter.train_unet) changes.push_back({"adapter.train_text", "false"});
    const auto shorter = std::min(job.data.resolution.front(), job.data.resolution.back());
    for (auto side = (shorter - 1) / 64 * 64; side >= 256; side -= 64)
        changes.push_back({"data.resolution", same_shape(job.data.resolution, side)});
    return changes;
}

std::string advice_for(const settings::Job& job, const Images& images, std::int64_t room,
                       std::int64_t reading) {
    for (const auto& change : changes_of(job)) {
        auto other = job;
        if (settings::apply(other, change.path, change.value)) continue;  // not allowed
        const auto forecast = Forecaster(other, images).of(plans_of(other, images).back());
        if (forecast.of_training() <= room)
            return fmt::format("Set {} = {}: it would take {}.", change.path, change.value,
                               human(forecast.of_training()));
    }
    if (reading > room / 2)
        return fmt::format("Save the largest images smaller: reading them alone takes {}.", human(reading));
    return "No single setting makes it fit. Close other programs, or take a machine with more memory.";
}

MemoryPlan plan_in(const settings::Job& job, const Images& images, std::int64_t room) {
    MemoryPlan result;
    result.room = room;
    const auto plans = plans_of(job, images);
    {
        Forecaster forecaster(job, images);
        for (const auto& plan : plans) {
            result.forecast = forecaster.of(plan);
            if (result.room == 0 || result.forecast.of_training() <= result.room) break;
        }
    }
    result.fits = result.room == 0 || result.forecast.of_training() <= result.room;
    if (!result.fits) {
        result.why = fmt::format("This run would take {} of memory at the least, and {} are free.",
                                 human(result.forecast.of_training()), human(result.room));
        result.advice = advice_for(job, images, result.room, result.forecast.decoding);
    } else if (result.forecast.plan != plans.front()) {
        result.choice =
            fmt::format("{} are free, so steps are worked out with {}: the same result, more slowly.",
                        human(result.room), words_of(result.forecast.plan));
    }
    // Samples that do not fit end nothing: see train/run_samples.hpp.
    if (result.fits && result.room > 0 && result.forecast.most() > result.room)
        result.choice += fmt::format("{}Samples would take {}, so they may come out smaller.",
                                     result.choice.empty() ? "" : " ", human(result.forecast.most()));
    return result;
}

}  // namespace

std::string same_shape(const std::vector<std::int64_t>& resolution, std::int64_t shorter_px) {
    const auto [shorter, longer] = std::minmax(resolution.front(), resolution.back());
    if (shorter == longer) return fmt::format("{}", shorter_px);
    const auto other = std::max<std::int64_t>(64, (shorter_px * longer + shorter * 32) / (shorter * 64) * 64);
    return resolution.front() == shorter ? fmt::format("{}, {}", shorter_px, other)
                                         : fmt::format("{}, {}", other, shorter_px);
}

MemoryPlan plan_memory(const settings::Job& job, const Images& images,
                       std::optional<std::int64_t> given_room) {
    try {
        return plan_in(job, images, given_room ? *given_room : room_of(job));
    } catch (const c10::Error& error) {  // an operation that cannot be rehearsed is no reason not to train
        MemoryPlan plan;
        plan.forecast.plan = plans_of(job, images).front();
        plan.unknown = fmt::format("What the run will take of memory could not be forecast: {}",
                                   base::split(error.what_without_backtrace(), "\n").front());
        return plan;
    }
}

}  // namespace lorikeet::train
