// lorikeet: the door for scripts, servers and tests.
#include <ostream>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/processor.hpp"
#include "cli/app.hpp"
#include "cli/output.hpp"
#include "cli/report.hpp"

int main(int argc, char** argv) {
    using namespace lorikeet::cli;
    prepare_outputs();
    lorikeet::base::hold_libraries_back();
    Output to_out(STDOUT_FILENO), to_err(STDERR_FILENO);
    std::ostream out(&to_out), err(&to_err);
    err.setf(std::ios::unitbuf);
    err.tie(&out);
    if (::isatty(STDOUT_FILENO) == 1) out.setf(std::ios::unitbuf);  // a line is seen when it is said
    Console console{out, err, screen_of(STDOUT_FILENO), screen_of(STDERR_FILENO)};
    const int code = run(std::vector<std::string>(argv + 1, argv + argc), console);
    return said_all(console, to_out.trouble(), code);
}
