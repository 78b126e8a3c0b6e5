// A plan in words: what a run would look at, do, take and write, before it starts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "settings/job.hpp"
#include "studio/train_desk.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

// "12 images, 400 steps, about 3 min, 6.1 of 8 GB."
std::string sentence_of(const studio::Plan& plan);
std::vector<Fact> facts_of(const settings::Job& job, const studio::Plan& plan);

// The sentence, what was chosen and what is worth knowing. HTML.
std::string html_of_plan(const studio::Plan& plan);

// What lies where the run would go, with size and date; the newest files by name.
std::vector<Fact> facts_of(const base::Path& folder, const studio::ExistingOutput& there);

// "2026-11-24 18:02", by the clock of this machine.
std::string say_time(double unix_seconds);

// A learning rate as people write it: "0.000895". Three digits that count.
std::string say_rate(double rate);

// The settings that a text names by their paths, as the form calls them: "Optimizer: Learning rate".
std::vector<std::string> fields_named(std::string_view text);

}  // namespace lorikeet::widgets
