// Settings given as text: --set optim.lr=1e-4, --optim.lr 1e-4, and the fixes of rules.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "settings/job.hpp"

namespace lorikeet::settings {

struct Schema;  // field.hpp

// A setting given as text, on the command line or by a fix: {"optim.lr", "1e-4"}.  Lists are separated by
// commas or written as in a file; "unset" unsets; one element beyond a list of sections adds that element.
struct Assignment {
    std::string path, text;
};

// A number as people type it, "0,5" for "0.5" too. Nothing where it may be read in two ways: "1,200".
std::optional<double> number_typed(std::string_view text);
// The parts of a list of numbers with decimals: "0, 0.5, 1", "0; 0,5; 1", "0; 0.5,1". In "0,5, 1" the first comma is a
// decimal one. Nothing where a comma could part two numbers or be a decimal one: "0,5".
std::optional<std::vector<std::string>> split_typed_numbers(std::string_view text);

// Sets it.  Gives the problem, and changes nothing, when there is no such setting or it cannot be so.
std::optional<base::Problem> apply(Job& job, std::string_view path, std::string_view text);
// The same of other settings than a job's: `object` is of the type that `root` describes.
std::optional<base::Problem> apply(const Schema& root, void* object, std::string_view path,
                                   std::string_view text);

}  // namespace lorikeet::settings
