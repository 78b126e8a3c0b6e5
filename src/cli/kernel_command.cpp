// install-kernel: makes Jupyter find the notebook's half of the program.
#include <ostream>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "cli/commands.hpp"
#include "cli/report.hpp"
#include "studio/kernel_spec.hpp"

namespace lorikeet::cli {

int install_kernel(const InstallKernelArguments& arguments, Console& console) {
    const auto report = studio::install_kernel_spec({studio::kernel_program(), arguments.prefix});
    console.out << fmt::format("Wrote {}\nJupyterLab offers Lorikeet as a notebook now.\n",
                               base::printable(report.folder.string()));
    for (const auto& problem : report.missing) say_warning(console, problem.what, problem.hint);
    return 0;
}

}  // namespace lorikeet::cli
