// doctor: what this machine has and lacks.
#include <algorithm>
#include <filesystem>
#include <ostream>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "cli/commands.hpp"
#include "studio/doctor.hpp"

namespace lorikeet::cli {

namespace {

// The state is a word first; colour only goes with it.
std::string state_of(studio::Health health, const Screen& screen) {
    const auto word = fmt::format("{:<5}", studio::words_for(health));
    switch (health) {
        case studio::Health::Fine: return inked(Ink::Green, word, screen);
        case studio::Health::Note: return inked(Ink::Yellow, word, screen);
        case studio::Health::Wrong: return inked(Ink::Red, word, screen);
    }
    return word;
}

}  // namespace

int doctor(Console& console) {
    const auto rows = studio::examine(studio::Surroundings::of_open_project(std::filesystem::current_path()));
    for (const auto& row : rows) {
        console.out << fmt::format("{}  {:<10}  {}\n", state_of(row.health, console.out_screen), row.what,
                                   base::printable(row.found));
        for (const auto* line : {&row.cause, &row.remedy})
            if (!line->empty()) console.out << fmt::format("{:19}{}\n", "", base::printable(*line));
    }
    const bool wrong = std::any_of(rows.begin(), rows.end(),
                                   [](const auto& row) { return row.health == studio::Health::Wrong; });
    console.out << (wrong ? "\nSomething needs fixing before training works here.\n"
                          : "\nNothing is in the way of training here.\n");
    return wrong ? 2 : 0;
}

}  // namespace lorikeet::cli
