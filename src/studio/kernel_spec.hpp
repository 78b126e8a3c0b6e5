// Makes Lorikeet's kernel known to Jupyter: a folder kernels/lorikeet with kernel.json and a link to the program.
//
// kernel.json names no place ("{resource_dir}/lorikeet_kernel"), so that the folder may be moved, or packed with the program
// itself in the place of the link. Written again, it is as if it had been written once.
// Throws   Error{NotFound} when the kernel was not built, or a prefix is no folder; Error{Io} when Jupyter's folder cannot be
//          written.
#pragma once

#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"

namespace lorikeet::studio {

struct KernelSpecRequest {
    base::Path program;  // lorikeet_kernel
    base::Path prefix;   // of an environment; empty: the user's own Jupyter folder
};

struct KernelSpecReport {
    base::Path folder;
    std::vector<base::Problem> missing;  // what an environment lacks for the pages to be seen
};

KernelSpecReport install_kernel_spec(const KernelSpecRequest& request);

// lorikeet_kernel beside the program that runs.
base::Path kernel_program();
// $JUPYTER_DATA_DIR, else $XDG_DATA_HOME/jupyter, else ~/.local/share/jupyter: as Jupyter itself has it on Linux.
base::Path user_jupyter_folder();

}  // namespace lorikeet::studio
