// Three kinds of trouble, kept apart.
//
//   our own bug              expects(condition, "why")
//   the job cannot go on     fail(code, sentence, hint)
//   ordinary news            returned: an optional, or a list of Problem
#pragma once

#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::base {

enum class ErrorCode {
    InvalidInput,  // a setting, a file or an argument is not what it should be
    NotFound,      // a file or a name that is not there
    Corrupt,       // a file that is damaged or cut off
    Unsupported,   // well formed, but of a kind this program does not handle
    Conflict,      // something is in the way: an output that exists, another process
    NoSpace,       // disk or memory
    NotFinite,     // a NaN or an infinity in what is trained
    Interrupted,   // the user asked to stop
    Io,            // the system refused to read or write
    Internal,      // a bug of ours
};

// What went wrong in one sentence, and what a tired person can do about it in another.
class Error : public std::runtime_error {
  public:
    Error(ErrorCode code, std::string sentence, std::string hint = {});
    ErrorCode code() const { return code_; }
    const std::string& hint() const { return hint_; }

  private:
    ErrorCode code_;
    std::string hint_;
};

[[noreturn]] void fail(ErrorCode code, std::string sentence, std::string hint = {});

// Throws Error{Internal}, naming the place, when a promise of our own is broken.
void expects(bool condition, std::string_view why,
             std::source_location where = std::source_location::current());

// One thing that is wrong with a job. All of them are collected before anything is said.
struct Problem {
    std::string where;  // "job.toml:12" or the key: "optim.lr"
    std::string what;   // one sentence
    std::string hint;   // how to fix it; may be empty
};

// "where: what hint", one line each.
std::string to_text(const std::vector<Problem>& problems);

// Throws Error{InvalidInput} with all of them in one text; does nothing when there are none.
void fail_if_any(const std::vector<Problem>& problems);

// Exit code of the command line: 2 for what the user can fix, 1 for the rest, 130 for an interrupt.
int exit_code(ErrorCode code);

}  // namespace lorikeet::base
