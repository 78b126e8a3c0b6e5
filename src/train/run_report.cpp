#include "train/run_report.hpp"

#include <cmath>
#include <string>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "tensor/device.hpp"

namespace lorikeet::train {

base::Event metrics_of(const ReportedStep& one, const TrainingLength& length, const Smoothed& smoothed,
                       const Pace& pace, const Recipe& recipe) {
    const auto& [step, numbers, rate, plan, waited] = one;
    const double each = pace.seconds_per_step();
    base::Event event{
        "metrics",
        {{"step", step + 1},
         {"total_steps", length.total_steps},
         {"epoch", length.epoch_of(step) + 1},
         {"total_epochs", length.epochs()},
         {"loss", numbers.loss},
         {"smoothed_loss", smoothed.value()},
         {"grad_norm", std::isfinite(numbers.norm) ? numbers.norm : 0.0},  // a step that was left out
         {"step_seconds", pace.last_seconds()},
         {"waited_seconds", waited},
         {"seconds_per_step", each},
         {"seconds", base::process_age_seconds()},
         {"eta_seconds", each * static_cast<double>(length.total_steps - step - 1)},
         {"memory_bytes", static_cast<std::int64_t>(base::memory_now_bytes())},
         {"recompute", plan.recompute},
         {"parts", plan.parts}}};
    for (const auto& group : recipe.optimizer->groups())
        event.fields.emplace_back(group.name == "text" ? "lr_text" : "lr", group.lr * rate);
    if (recipe.device.is_cuda())
        event.fields.emplace_back(
            "gpu_memory_bytes",
            static_cast<std::int64_t>(tensor::memory_of_tensors(recipe.device).peak_bytes));
    return event;
}

void fail_not_finite(std::string_view what, std::int64_t step, const std::vector<data::DatasetImage>& all,
                     const std::vector<std::size_t>& images) {
    std::vector<std::string> names;
    for (const auto image : images) names.push_back(all.at(image).file.filename().string());
    base::fail(base::ErrorCode::NotFinite,
               fmt::format("The {} became NaN at step {}, with {}.", what, step + 1, base::join(names, ", ")),
               "Nothing of it was saved. Lower optim.lr, or set train.precision = \"float32\"; if it is "
               "always the same "
               "image, look at it.");
}

}  // namespace lorikeet::train
