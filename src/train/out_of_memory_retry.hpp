// How a step is worked out so that it fits the memory, and what is tried when it does not.
//
// The result of a step is the same whatever its plan says; recompute keeps it bit for bit, parts to the rounding of a sum. So
// a step that ran out of memory is repeated from its beginning: first with recompute, then with batches in twice as many
// parts, until one image is left alone. What helped stays for the rest of the run.
// Source   recompute: tensor/recompute.hpp. Parts: the gradient of a mean is the weighted mean of its parts' gradients.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace lorikeet::train {

struct StepPlan {
    bool recompute = false;
    std::int64_t parts = 1;  // a batch is worked on in so many parts, or in as many as it has images
    bool operator==(const StepPlan&) const = default;
};

// The next one that takes less memory; the same when there is none for batches of so many images.
StepPlan safer(const StepPlan& plan, std::int64_t images);

// "recompute on, batches in 2 parts"
std::string words_of(const StepPlan& plan);

class OutOfMemoryRetry {
  public:
    using Say = std::function<void(std::string)>;
    OutOfMemoryRetry(StepPlan plan, Say say) : plan_(plan), say_(std::move(say)) {}

    const StepPlan& plan() const { return plan_; }
    void set_plan(const StepPlan& plan) { plan_ = plan; }

    // Calls `attempt` with the plan. When it runs out of memory, `undo` is called and the next safer plan is tried and said.
    // Throws   Error{NoSpace} when no plan is left; whatever else `attempt` throws.
    void run(std::int64_t images, const std::function<void(const StepPlan&)>& attempt,
             const std::function<void()>& undo);

  private:
    StepPlan plan_;
    Say say_;
};

// What a want of memory is told as, with what to change. `what` is what was being done: "Step 12".
[[noreturn]] void fail_for_memory(const std::string& what);

}  // namespace lorikeet::train
