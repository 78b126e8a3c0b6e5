// The settings that are paths, and cleaning them of what typing leaves around them.
#pragma once

#include <string>
#include <vector>

#include "settings/job.hpp"

namespace lorikeet::settings {

// Whether a setting names a file or a folder.
bool is_path(const Field& field);

// Every setting of the job that names a file or a folder.
std::vector<std::string*> paths_of(Job& job);

// Each becomes what base::clean_typed_path makes of it: "~/birds " the folder birds of the home folder.
void clean_paths(Job& job);

}  // namespace lorikeet::settings
