#include "train/out_of_memory_retry.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "tensor/out_of_memory.hpp"

namespace lorikeet::train {
namespace {

// Whether there was memory enough. All that was allocated is free again when it returns.
bool fits(const std::function<void(const StepPlan&)>& attempt, const StepPlan& plan) {
    try {
        attempt(plan);
    } catch (const std::exception& error) {
        if (!tensor::is_out_of_memory(error)) throw;
        return false;
    }
    return true;
}

}  // namespace

StepPlan safer(const StepPlan& plan, std::int64_t images) {
    if (!plan.recompute) return {true, plan.parts};
    if (plan.parts >= images) return plan;
    return {true, std::min(2 * plan.parts, images)};
}

std::string words_of(const StepPlan& plan) {
    std::string words = plan.recompute ? "recompute on" : "recompute off";
    if (plan.parts > 1) words += fmt::format(", batches in {} parts", plan.parts);
    return words;
}

void OutOfMemoryRetry::run(std::int64_t images, const std::function<void(const StepPlan&)>& attempt,
                           const std::function<void()>& undo) {
    while (!fits(attempt, plan_)) {
        undo();
        const auto next = safer(plan_, images);
        if (next == plan_) fail_for_memory("A step");
        plan_ = next;
        say_(fmt::format(
            "The memory did not suffice for a step. It is repeated with {}, and so are those to come: "
            "the same result, more slowly.",
            words_of(plan_)));
    }
}

void fail_for_memory(const std::string& what) {
    base::fail(base::ErrorCode::NoSpace, fmt::format("{} needs more memory than there is.", what),
               "Close other programs, lower data.resolution or adapter.rank, or set train.precision = "
               "\"auto\"; with data.cache_latents, images are encoded before training begins.");
}

}  // namespace lorikeet::train
