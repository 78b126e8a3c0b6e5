// dataset import: what came, under which names, and what did not.
#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/list_view.hpp"
#include "cli/report.hpp"
#include "studio/dataset_import.hpp"
#include "studio/dataset_trash.hpp"

namespace lorikeet::cli {

namespace {

void say_subsets(const studio::ImportOutcome& outcome, Console& console) {
    if (outcome.subsets.empty()) return;
    const auto name_of = [](const studio::FoundSubset& subset) {
        return base::printable(subset.folder.empty() ? "." : subset.folder);
    };
    std::size_t widest = 6;
    for (const auto& subset : outcome.subsets)
        widest = std::max(widest, static_cast<std::size_t>(columns_of(name_of(subset))));
    const auto wide = [&](const std::string& text) {
        return text + std::string(widest - std::min(widest, static_cast<std::size_t>(columns_of(text))), ' ');
    };
    console.out << fmt::format("\n  {}  repeats  images  captions  words\n", wide("folder"));
    for (const auto& subset : outcome.subsets)
        console.out << fmt::format("  {}  {:>7}  {:>6}  {:>8}  {}\n", wide(name_of(subset)), subset.repeats,
                                   subset.images, subset.captions, base::printable(subset.words));
}

void say_outcome(const studio::ImportOutcome& outcome, bool all, Console& console) {
    console.out << base::printable(outcome.sentence) << '\n';
    say_subsets(outcome, console);
    say_list(console, "renamed", outcome.renamed.size(), all, [&](std::size_t i) {
        const auto& file = outcome.renamed[i];
        return base::printable(fmt::format("{} -> {}: {}", file.from, file.place, file.why));
    });
    say_list(console, "there already", outcome.already_there.size(), all, [&](std::size_t i) {
        const auto& file = outcome.already_there[i];
        return base::printable(fmt::format("{} is {}", file.from, file.same_as));
    });
    say_list(console, "left out", outcome.left_out.size(), all, [&](std::size_t i) {
        const auto& file = outcome.left_out[i];
        return base::printable(fmt::format("{}: {}", file.from, file.why));
    });
    std::vector<std::string> passed;
    for (const auto& [what, count] : outcome.passed_over)
        passed.push_back(fmt::format("{} ({})", what, count));
    if (!passed.empty())
        console.out << "\npassed over: " << base::printable(base::join(passed, ", ")) << '\n';
    for (const auto& note : outcome.notes) console.out << "\nnote: " << base::printable(note) << '\n';
}

// What came can be taken back like any other change; else an undo would take back the change before it.
void note_import(const base::Path& folder, const studio::ImportOutcome& outcome, Console& console) {
    if (outcome.taken.empty()) return;
    std::vector<std::string> places;
    for (const auto& file : outcome.taken) places.push_back(file.place);
    try {
        studio::note_added(folder, base::counted(places.size(), "file") + " imported", places);
        console.out << fmt::format("\nBack: lorikeet dataset undo {}\n", base::printable(folder.string()));
    } catch (const base::Error& error) {
        console.out << fmt::format("\nnote: it cannot be taken back: {}\n", base::printable(error.what()));
    }
}

}  // namespace

int import_images(const ImportArguments& arguments, Console& console) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    const bool live = console.out_screen.live;
    const auto draw = [&](const studio::ImportProgress& at) {
        if (!live) return;
        const auto share = at.bytes_in_all == 0 ? 0.0
                                                : 100.0 * static_cast<double>(at.bytes_done) /
                                                      static_cast<double>(at.bytes_in_all);
        const auto line =
            fmt::format("{} files  {:.0f} %  {}", at.files, std::min(share, 100.0), base::printable(at.name));
        console.out << "\r" << fit(line, console.out_screen.width - 1) << "\x1b[K" << std::flush;
    };
    studio::ImportOutcome outcome;
    try {
        outcome = studio::import_dataset(arguments.request, cancel, draw);
    } catch (...) {
        if (live) console.out << "\r\x1b[K" << std::flush;
        throw;
    }
    if (live) console.out << "\r\x1b[K";
    say_outcome(outcome, arguments.all, console);
    note_import(arguments.request.folder, outcome, console);
    if (outcome.stopped) return base::exit_code(base::ErrorCode::Interrupted);
    const bool nothing = outcome.taken.empty() && outcome.already_there.empty();
    return nothing ? base::exit_code(base::ErrorCode::InvalidInput) : 0;
}

}  // namespace lorikeet::cli
