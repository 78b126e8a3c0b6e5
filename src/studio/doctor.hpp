// What can be said of this machine before anything is tried: one row for each thing, with its state, what was found,
// and where something is wrong its cause and remedy. Looking changes nothing and may be done again at any time.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

enum class Health { Fine, Note, Wrong };  // Note: works, with something worth knowing
std::string_view words_for(Health health);

enum class Container { None, Plain, VastAi, RunPod, Colab, Kaggle };
std::string_view words_for(Container container);

struct DoctorRow {
    std::string what;  // "disk"
    Health health = Health::Fine;
    std::string found;   // "41.2 GB free of 100 GB in /workspace"
    std::string cause;   // empty when fine
    std::string remedy;  // what a person can do; empty when fine
    std::string fix;     // the id of a remedy that fix() carries out; empty when there is none
};

// How the machine is seen. Tests put files and variables of their own in its place.
struct Surroundings {
    base::Path root = "/";                         // files of the system are looked up below it
    std::map<std::string, std::string> variables;  // the environment
    base::Path working_folder = ".";
    base::Path workspace;    // where it is remembered which project is open; empty: the working folder
    bool ask_driver = true;  // libcuda by dlopen, where files say nothing
    static Surroundings real(base::Path working_folder, base::Path workspace = {});
    // Of the project that is open in `workspace`, or of the workspace itself.
    static Surroundings of_open_project(const base::Path& workspace);
};

// VastAI and RunPod are known by the variables that they set; a folder /workspace alone says nothing.
Container container_of(const Surroundings& surroundings);

// Every row, in a fixed order. Never throws: what cannot be found out is a row that says so.
std::vector<DoctorRow> examine(const Surroundings& surroundings);

// Carries out the remedy of a row ("make-runs-folder"); what is right already stays as it is.
// Throws Error{NotFound} for an id it does not know; Error{Io} when the system refuses.
void fix(std::string_view id, const Surroundings& surroundings);

}  // namespace lorikeet::studio
