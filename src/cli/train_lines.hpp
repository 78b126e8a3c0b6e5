// How a run that is under way looks as lines of text.
// No clock and no terminal in here: a frame is a pure function, so it is tested as text.
#pragma once

#include <string>
#include <vector>

#include "base/event.hpp"
#include "cli/console.hpp"
#include "studio/train_status.hpp"

namespace lorikeet::cli {

using studio::TrainStatus;
using studio::words_for_phase;

// The live image: three to five lines of at most screen.width columns.
std::vector<std::string> frame(const TrainStatus& status, const Screen& screen, double now);

// The same in one line, for logs: "step 120/300 (40 %), epoch 4/10, loss 0.0812, ...".
std::string summary(const TrainStatus& status, double now);

// What an event of kind warning, sample, checkpoint or end tells people; empty for the others.
std::string news_of(const base::Event& event);

}  // namespace lorikeet::cli
