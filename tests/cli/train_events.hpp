// What a run tells while it trains and caches, for the tests of how that looks.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "cli/train_lines.hpp"

namespace lorikeet::cli {

using base::Event;
using std::int64_t;

inline Event metrics(int64_t step) {
    return {"metrics",
            {{"step", step},
             {"total_steps", int64_t{300}},
             {"epoch", int64_t{4}},
             {"total_epochs", int64_t{10}},
             {"loss", 0.2},
             {"smoothed_loss", 0.08125},
             {"lr", 4.61e-4},
             {"lr_text", 9.2e-5},
             {"seconds_per_step", 0.25},
             {"eta_seconds", 45.0},
             {"memory_bytes", int64_t{1'100'000'000}}}};
}

inline Event phase(const char* name, int64_t total = 0) {
    Event event{"phase", {{"name", std::string(name)}}};
    if (total > 0) event.fields.emplace_back("total", total);
    return event;
}

inline Event progress(int64_t done, const char* what) {
    return {"progress", {{"done", done}, {"total", int64_t{12}}, {"what", std::string(what)}}};
}

inline std::string lines_of(const TrainStatus& status, const Screen& screen, double now) {
    std::string text;
    for (const auto& line : frame(status, screen, now)) text += line + '\n';
    return text;
}

inline const Screen kAscii{true, false, false, 72};

}  // namespace lorikeet::cli
