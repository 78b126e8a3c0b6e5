// A program started in a process of its own, which lives on when the starter dies: no terminal, no pipe, no signal
// connects them. Its output goes to a file, and a lock on that file tells whether it lives, also to a later kernel.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

struct ProcessRequest {
    base::Path program;
    std::vector<std::string> words;  // without the program's own name
    base::Path working_folder;       // empty: that of the starter
    base::Path output;               // both outputs, appended
};

// Returns its pid as soon as the program runs.
// Throws   Error{NotFound} when there is no such program; Error{Io} when the system refuses.
int start_process(const ProcessRequest& request);

// Whether the process that writes to this output still lives.
bool lives(const base::Path& output);

// The program `lorikeet`: the one that runs now, or the one beside it.  Throws Error{NotFound}.
base::Path own_program();

// What a program of ours said last in such a file: the cause after "error:", the remedy after "help:".
struct LastWords {
    std::string cause, hint;
    std::string all;  // the end of the file as it is
};
LastWords last_words(const base::Path& output);

}  // namespace lorikeet::studio
