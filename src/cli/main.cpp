// lorikeet: the door for scripts, servers and tests.
#include <iostream>
#include <string>
#include <vector>

#include <unistd.h>

#include "base/memory.hpp"
#include "base/processor.hpp"
#include "cli/app.hpp"

int main(int argc, char** argv) {
    using namespace lorikeet::cli;
    lorikeet::base::keep_freed_memory();
    lorikeet::base::hold_libraries_back();
    Console console{std::cout, std::cerr, screen_of(STDOUT_FILENO), screen_of(STDERR_FILENO)};
    return run(std::vector<std::string>(argv + 1, argv + argc), console);
}
