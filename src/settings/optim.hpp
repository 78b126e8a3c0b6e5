// [optim]: how the weights are moved, and how far each time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace lorikeet::settings {

enum class OptimRule { AdamW };
enum class ScheduleShape { Constant, Linear, Cosine };

struct AdamW {
    std::vector<double> betas = {0.9, 0.999};
    double eps = 1e-8;
    double weight_decay = 0.01;
};

struct LrSchedule {
    ScheduleShape shape = ScheduleShape::Cosine;
    double warmup = 0.05;  // below 1: a share of all steps; from 1: so many steps
};

struct Optim {
    OptimRule rule = OptimRule::AdamW;
    double lr = 5e-4;
    std::optional<double> text_lr = 1e-4;  // unset: as lr
    AdamW adamw;
    LrSchedule schedule;
    double max_grad_norm = 1.0;  // 0: no clipping
};

}  // namespace lorikeet::settings
