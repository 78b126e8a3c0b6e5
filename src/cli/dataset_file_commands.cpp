// dataset rename, convert, resize, crop, rotate, delete, clean, undo, trash: what would be done, then done.
#include <algorithm>
#include <functional>
#include <ostream>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/dataset_at.hpp"
#include "cli/interrupt.hpp"
#include "cli/list_view.hpp"
#include "cli/report.hpp"
#include "studio/clean_plan.hpp"
#include "studio/dataset_trash.hpp"
#include "studio/rename_plan.hpp"

namespace lorikeet::cli {

namespace {

using base::counted;
using base::ErrorCode;
using base::printable;

std::string line_of(const studio::PlannedLine& line) {
    auto text = line.from;
    if (!line.to.empty() && line.to != line.from) text += " -> " + line.to;
    if (!line.along.empty()) text += fmt::format("  (with {})", base::join(line.along, ", "));
    if (!line.note.empty()) text += "  " + line.note;
    return printable(text);
}

int show_or_do(const FilesArguments& arguments, const studio::FilePlan& plan, const base::Cancel& cancel,
               Console& console) {
    say_list(console, plan.what, plan.lines.size(), arguments.all,
             [&](std::size_t i) { return line_of(plan.lines[i]); });
    say_kept(console, "left out", plan.left_out, arguments.all);
    for (const auto& note : plan.notes) console.out << "\n" << printable(note) << '\n';
    if (plan.lines.empty()) {
        console.out << "Nothing is to be done.\n";
        return 0;
    }
    if (!arguments.apply) {
        console.out << fmt::format("\nNothing is changed yet. With --apply: {}.\n",
                                   plan.sentence(plan.lines.size()));
        return 0;
    }
    const bool live = console.out_screen.live;
    const auto on_done = [&](std::size_t done, std::size_t of) {
        if (live) console.out << fmt::format("\r{} of {}\x1b[K", done, of) << std::flush;
    };
    const auto outcome = studio::carry_out(arguments.folder, plan, cancel, on_done);
    if (live && !plan.edits.empty()) console.out << "\r\x1b[K";
    const int code = say_done(arguments.folder, outcome, arguments.all, console);
    return cancel.stop_requested() ? base::exit_code(ErrorCode::Interrupted) : code;
}

void read_shape(const std::string& text, studio::EditRequest& edit) {
    const auto parts = base::split(text, ":");
    const auto side = [](const std::string& part) -> std::int64_t {
        const bool digits = !part.empty() && part.size() <= 5 &&
                            part.find_first_not_of("0123456789") == std::string::npos;
        return digits ? std::stoll(part) : 0;
    };
    if (parts.size() == 2) {
        edit.across = side(parts[0]);
        edit.down = side(parts[1]);
    }
    if (edit.across < 1 || edit.down < 1)
        base::fail(ErrorCode::InvalidInput, fmt::format("\"{}\" is no shape.", printable(text)),
                   "A shape is a width and a height, as 1:1 or 3:4.");
}

studio::EditRequest request_of(const FilesArguments& arguments) {
    auto edit = arguments.edit;
    if (!arguments.shape.empty()) read_shape(arguments.shape, edit);
    if (arguments.keep == "top") edit.keep = studio::CropFrom::Top;
    if (arguments.keep == "bottom") edit.keep = studio::CropFrom::Bottom;
    if (arguments.turn == "right") edit.turn = studio::Turn::Right;
    if (arguments.turn == "left") edit.turn = studio::Turn::Left;
    if (arguments.turn == "half") edit.turn = studio::Turn::Half;
    edit.mirror = arguments.turn == "mirror";
    return edit;
}

studio::DatasetListing listing_of(const FilesArguments& arguments, const base::Cancel& cancel) {
    return dataset_at(arguments.folder, caption_extensions_of(arguments.caption_extensions), cancel);
}

using Plan = std::function<studio::FilePlan(const studio::DatasetListing&, const base::Cancel&)>;

int plan_and_do(const FilesArguments& arguments, Console& console, const Plan& plan) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    const auto listing = listing_of(arguments, cancel);
    return show_or_do(arguments, plan(listing, cancel), cancel, console);
}

}  // namespace

int dataset_rename(const FilesArguments& arguments, Console& console) {
    return plan_and_do(arguments, console, [&](const auto& listing, const auto&) {
        const auto chosen = chosen_images(arguments.folder, arguments.names, listing);
        return studio::plan_rename(arguments.folder, listing, chosen, arguments.pattern);
    });
}

int dataset_edit(const FilesArguments& arguments, Console& console) {
    return plan_and_do(arguments, console, [&](const auto& listing, const auto& cancel) {
        const auto chosen = chosen_images(arguments.folder, arguments.names, listing);
        return studio::plan_edit(arguments.folder, listing, chosen, request_of(arguments), cancel);
    });
}

int dataset_delete(const FilesArguments& arguments, Console& console) {
    const auto listing = listing_of(arguments, {});
    return say_done(arguments.folder,
                    studio::move_to_trash(arguments.folder, listing,
                                          chosen_images(arguments.folder, arguments.names, listing)),
                    arguments.all, console);
}

int dataset_clean(const FilesArguments& arguments, Console& console) {
    if (!arguments.kinds.empty())
        return plan_and_do(arguments, console, [&](const auto& listing, const auto&) {
            return studio::plan_clean(arguments.folder, listing, arguments.kinds);
        });
    const auto listing = listing_of(arguments, {});
    for (const auto& kind : studio::kUnusedKinds)
        console.out << fmt::format("  {:<9} {:>6}  {}\n", kind.name,
                                   studio::unused_files(arguments.folder, listing, kind.name).size(),
                                   kind.what);
    console.out << "Nothing is changed. Name the kinds that shall go.\n";
    return 0;
}

int dataset_undo(const FilesArguments& arguments, Console& console) {
    expect_folder(arguments.folder);
    studio::UndoJournal journal(arguments.folder);
    bool whole = true;
    for (std::int64_t step = 0; step < arguments.steps; ++step) {
        const auto outcome = journal.undo_last();
        if (!outcome) {
            console.out << (step == 0 ? "There is nothing to take back.\n"
                                      : "There is nothing more to take back.\n");
            break;
        }
        say_kept(console, "stay as they are", outcome->not_done, arguments.all);
        const bool something = outcome->done > 0 || outcome->not_done.empty();
        console.out << fmt::format("{}: {}.\n", something ? "Taken back" : "Not taken back",
                                   printable(outcome->what));
        if (!outcome->not_done.empty()) {  // what stays comes first again
            whole = false;
            break;
        }
    }
    return whole ? 0 : base::exit_code(ErrorCode::Io);
}

int dataset_trash(const FilesArguments& arguments, Console& console) {
    expect_folder(arguments.folder);
    const auto bytes = studio::trash_bytes(arguments.folder);
    if (arguments.empty) {
        const auto won = base::human_bytes(studio::empty_trash(arguments.folder));
        console.out << fmt::format("Deleted for good: {}. Earlier changes cannot be taken back any more.\n",
                                   won);
    } else if (bytes == 0) {
        console.out << "The trash is empty.\n";
    } else {
        console.out << fmt::format("{} in the trash. --empty deletes it for good.\n",
                                   base::human_bytes(bytes));
    }
    return 0;
}

}  // namespace lorikeet::cli
