// The program as its user meets it, without a process: words in, what it says out.
#pragma once

#include <sstream>
#include <string>
#include <vector>

#include "cli/app.hpp"

namespace lorikeet::support {

struct Said {
    int code = 0;
    std::string out, err;
};

inline Said said_to(const std::vector<std::string>& words) {
    std::ostringstream out, err;
    cli::Console console{out, err, {}, {}};
    const int code = cli::run(words, console);
    return {code, out.str(), err.str()};
}

}  // namespace lorikeet::support
