// Every setting as an option of a command, made from the descriptions: --optim.lr 1e-4, and
// --set optim.lr=1e-4 for elements of lists too.
#pragma once

#include <vector>

#include "settings/check.hpp"

namespace CLI {
class App;
}

namespace lorikeet::cli {

// What the user says is collected in `chosen`, in words: it is judged by settings::read_job, after the job
// file is read. `chosen` must live as long as the command. --set comes after the options of one setting; the
// last of several wins. The help shows the basic settings.
void add_setting_options(CLI::App& command, std::vector<settings::Assignment>& chosen);

// The settings of another struct, without sections: "keep_scores" as --keep-scores, which needs no value, and a setting that
// is true by default as --no-recursive.
void add_options_of(CLI::App& command, const settings::Schema& schema,
                    std::vector<settings::Assignment>& chosen);

}  // namespace lorikeet::cli
