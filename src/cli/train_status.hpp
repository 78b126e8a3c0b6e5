// What a run is doing right now, gathered from its events, and how that looks as lines of text.
// No clock and no terminal in here: a frame is a pure function, so it is tested as text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "cli/console.hpp"

namespace lorikeet::cli {

struct TrainStatus {
    std::string run;                 // its name
    double began = 0;                // seconds, by the clock of the view
    std::string phase = "starting";  // loading, caching, encoding, training, sampling, saving
    double phase_began = 0;
    std::int64_t done = 0, total = 0;  // of this phase; total 0: nobody knows
    std::string what;                  // what is being worked on
    std::int64_t step = 0, total_steps = 0, epoch = 0, total_epochs = 0;
    std::optional<double> loss, smoothed_loss, lr, lr_text, grad_norm, seconds_per_step, eta_seconds;
    double eta_at = 0;  // when eta_seconds was told
    std::uint64_t memory_bytes = 0;
    bool stopping = false;  // the user asked to stop

    void take(const base::Event& event, double now);
};

// "loading the model" for "loading".
std::string words_for_phase(const TrainStatus& status);

// The live picture: three to five lines of at most screen.width columns.
std::vector<std::string> frame(const TrainStatus& status, const Screen& screen, double now);

// The same in one line, for logs: "step 120/300 (40 %), epoch 4/10, loss 0.0812, ...".
std::string summary(const TrainStatus& status, double now);

// What an event of kind warning, sample, checkpoint or end tells people; empty for the others.
std::string news_of(const base::Event& event);

}  // namespace lorikeet::cli
