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
        case OptimRule::AdamW: return {"adamw", "The usual choice.", "AdamW"};
        case OptimRule::AdamW8bit:
            return {"adamw8bit", "AdamW with 8-bit averages: a quarter of its memory.", "AdamW8bit"};
    }
    return {};
}
enum class ScheduleShape { Constant, Linear, Cosine };
constexpr Choice say(ScheduleShape choice) {
    switch (choice) {
        case ScheduleShape::Constant:
            return {"constant", "The same learning rate throughout.", "constant_with_warmup"};
        case ScheduleShape::Linear: return {"linear", "Falls evenly to 0."};
        case ScheduleShape::Cosine: return {"cosine", "Falls to 0 along a cosine: slowly, quickly, slowly."};
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
    std::optional<double> lr;       // unset: chosen for the model
    std::optional<double> text_lr;  // unset: as lr, or chosen with it
    AdamW adamw;
    LrSchedule schedule;
    double max_grad_norm = 1.0;  // 0: no clipping
};

void describe(Section<AdamW>& section);
void describe(Section<LrSchedule>& section);
void describe(Section<Optim>& section);

}  // namespace lorikeet::settings
