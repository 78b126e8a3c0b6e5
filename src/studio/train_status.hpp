// What a run is doing right now, gathered from its events. No clock and no screen in here, so both doors share it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/event.hpp"

namespace lorikeet::studio {

struct TrainStatus {
    std::string run;                 // its name
    double began = 0;                // seconds, by the clock of whoever watches
    std::string phase = "starting";  // loading, caching, encoding, training, sampling, saving
    double phase_began = 0;
    std::int64_t done = 0, total = 0;  // of this phase; total 0: nobody knows
    std::string what;                  // what is being worked on
    std::int64_t step = 0, total_steps = 0, epoch = 0, total_epochs = 0;
    std::optional<double> validation_loss;  // the last one
    std::optional<double> loss, smoothed_loss, lr, lr_text, grad_norm, seconds_per_step, eta_seconds;
    double eta_at = 0;  // when eta_seconds was told
    std::uint64_t memory_bytes = 0;
    bool stopping = false;  // the user asked to stop

    void take(const base::Event& event, double now);
};

// "loading the model" for "loading".
std::string words_for_phase(const TrainStatus& status);

}  // namespace lorikeet::studio
