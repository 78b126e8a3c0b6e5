// What is wrong with a job by its settings alone, and what two jobs differ in.
// Whether a folder or a file is there is found out by those who read it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "settings/assign.hpp"  // what a hint "Set optim.lr = 1e-4." is done with
#include "settings/field.hpp"
#include "settings/job.hpp"

namespace lorikeet::settings {

// A setting that cannot be so. `what` is a predicate: "must be above 0, is -1."
struct WrongSetting {
    std::vector<std::string> paths;  // the settings it is about
    std::string what, hint;
};

// Ranges, required texts, lengths of lists, and every rule; all of them.
std::vector<WrongSetting> findings(const Job& job);
// The same of other settings than a job's: `object` is of the type that `root` describes.
std::vector<WrongSetting> findings(const Schema& root, const void* object);

// The same as problems; `where` is the path of the (first) setting.
std::vector<base::Problem> check(const Job& job);

// Why this value may not be: out of range, not UTF-8, too many.  Nothing when it may.
std::optional<WrongSetting> complaint(const Field& field, const std::string& path, const Value& value);

// "above 0 and at most 10", "at least 64 and at most 4096, a multiple of 8"; empty when all is allowed.
std::string say_range(const Field& field);

// Whether a setting matters in this job: each `when` of it and of the sections round it is met.
bool in_force(const Job& job, std::string_view path);

// A setting two jobs differ in. The text of a value as in a file; empty where a list is shorter.
struct Change {
    std::string path, before, after;
    Effect effect;
};
std::vector<Change> difference(const Job& before, const Job& after);
std::vector<Change> difference(const Job& before, const Job& after, Effect effect);  // of this kind alone

// A value as TOML writes it; nothing is "unset" in quotes.
std::string to_text(const Value& value);

}  // namespace lorikeet::settings
