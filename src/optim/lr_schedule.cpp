#include "optim/lr_schedule.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace lorikeet::optim {

std::int64_t warmup_steps(const settings::LrSchedule& schedule, std::int64_t total_steps) {
    const double steps = schedule.warmup < 1 ? schedule.warmup * static_cast<double>(total_steps)
                                             : schedule.warmup;
    return static_cast<std::int64_t>(steps);
}

double rate_at(const settings::LrSchedule& schedule, std::int64_t step, std::int64_t total_steps) {
    const auto warmup = warmup_steps(schedule, total_steps);
    if (step < warmup) return static_cast<double>(step) / static_cast<double>(warmup);
    const auto falling = static_cast<double>(std::max<std::int64_t>(1, total_steps - warmup));
    const double progress = static_cast<double>(step - warmup) / falling;
    switch (schedule.shape) {
        case settings::ScheduleShape::Constant: return 1;
        case settings::ScheduleShape::Linear: return std::max(0.0, 1 - progress);
        case settings::ScheduleShape::Cosine:
            return std::max(0.0, 0.5 * (1 + std::cos(std::numbers::pi * progress)));
    }
    return 1;
}

bool can_be_stretched(const settings::LrSchedule& schedule, std::int64_t step, std::int64_t total_steps) {
    return schedule.shape == settings::ScheduleShape::Constant && step >= warmup_steps(schedule, total_steps);
}

}  // namespace lorikeet::optim
