// [optim]: how the weights are moved, and how far each time.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "settings/describe.hpp"

namespace lorikeet::settings {

enum class OptimRule { AdamW, AdamW8bit };
constexpr Choice say(OptimRule choice) {
    switch (choice) {
        case OptimRule::AdamW:
            return {"adamw", "Adam with decoupled weight decay: steady, the one to begin with.", "AdamW"};
        case OptimRule::AdamW8bit:
            return {"adamw8bit", "The same with a quarter of its memory: its averages in 8 bits.",
                    "AdamW8bit"};
    }
    return {};
}
enum class ScheduleShape { Constant, Linear, Cosine };
constexpr Choice say(ScheduleShape choice) {
    switch (choice) {
        case ScheduleShape::Constant:
            return {"constant", "The same rate throughout.", "constant_with_warmup"};
        case ScheduleShape::Linear: return {"linear", "Evenly down to 0."};
        case ScheduleShape::Cosine: return {"cosine", "Slowly, then quickly, then slowly down to 0."};
    }
    return {};
}

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

void describe(Section<AdamW>& section);
void describe(Section<LrSchedule>& section);
void describe(Section<Optim>& section);

}  // namespace lorikeet::settings
