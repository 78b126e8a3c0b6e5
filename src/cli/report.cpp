#include "cli/report.hpp"

#include <filesystem>
#include <new>
#include <ostream>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::cli {

namespace {

// A cause of several lines keeps them, set under the first.
std::string indented(std::string_view text) {
    return base::replace_all(base::printable(text, base::LineBreaks::Keep), "\n", "\n       ");
}

}  // namespace

void say_error(Console& console, std::string_view cause, std::string_view remedy) {
    console.err << inked(Ink::Red, "error:", console.err_screen) << ' ' << indented(cause) << '\n';
    if (!remedy.empty())
        console.err << inked(Ink::Green, " help:", console.err_screen) << ' ' << indented(remedy) << '\n';
}

void say_warning(Console& console, std::string_view cause, std::string_view remedy) {
    console.err << inked(Ink::Yellow, "warning:", console.err_screen) << ' ' << indented(cause) << '\n';
    if (!remedy.empty()) console.err << "  help: " << indented(remedy) << '\n';
}

int say_problems(Console& console, std::string_view thing, const std::vector<base::Problem>& problems) {
    const std::string count = problems.size() == 1 ? "One problem"
                                                   : fmt::format("{} problems", problems.size());
    say_error(console, fmt::format("{} to fix in {}; nothing was started.", count, base::printable(thing)),
              "");
    for (std::size_t i = 0; i < problems.size(); ++i) {
        const auto& problem = problems[i];
        const std::string where = problem.where.empty() ? "" : base::printable(problem.where) + ": ";
        console.err << fmt::format("{:>4}. {}{}\n", i + 1,
                                   where.empty() ? "" : inked(Ink::Bold, where, console.err_screen),
                                   base::printable(problem.what));
        if (!problem.hint.empty()) console.err << "      " << base::printable(problem.hint) << '\n';
    }
    return base::exit_code(base::ErrorCode::InvalidInput);
}

int said_all(Console& console, const std::string& trouble, int code) {
    if (trouble.empty()) return code;
    say_error(console, "Not all of the output could be written: " + trouble + ".",
              "Choose another place for it; whatever the command itself did is done.");
    return code == 0 ? base::exit_code(base::ErrorCode::Io) : code;
}

int guarded(Console& console, const std::function<int()>& command) {
    try {
        return command();
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Interrupted && error.hint().empty())
            console.err << "Stopped.\n";
        else
            say_error(console, error.what(), error.hint());
        return base::exit_code(error.code());
    } catch (const std::filesystem::filesystem_error& error) {
        // A stranger's path that the system does not like is no bug of ours.
        say_error(
            console,
            fmt::format("The system refuses {}: {}.", error.path1().string(), error.code().message()),
            "See that this file or folder is there, that you may use it, and that its name is not too long.");
        return base::exit_code(base::ErrorCode::Io);
    } catch (const std::bad_alloc&) {
        say_error(console, "There is not enough memory for this.",
                  "Close other programs, or choose a smaller data.batch, data.resolution or model.");
        return base::exit_code(base::ErrorCode::NoSpace);
    } catch (const std::exception& error) {
        // Libraries put a stack trace behind their first line.
        const std::string text = error.what();
        say_error(console, text.substr(0, text.find('\n')),
                  "This is a bug of Lorikeet; please report it with this line and what you ran.");
        return base::exit_code(base::ErrorCode::Internal);
    }
}

}  // namespace lorikeet::cli
