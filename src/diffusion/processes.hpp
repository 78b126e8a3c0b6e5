// The processes that there are, by the name that a family of models gives (models/family.hpp).
//
// To add one: a Process in a file of its own, and a row of the list in processes.cpp.
#pragma once

#include <memory>
#include <string_view>

#include <ATen/ATen.h>

#include "base/table.hpp"
#include "diffusion/process.hpp"

namespace lorikeet::diffusion {

// What a process is made from; each reads what it knows.
struct ProcessOptions {
    Prediction prediction = Prediction::Epsilon;
    Terminal terminal = Terminal::Trace;
    at::Device device = at::kCPU;
};

struct ProcessRow {
    std::string_view name;  // "ddpm"
    std::unique_ptr<const Process> (*make)(const ProcessOptions& options);
};

// Throws   Error{Internal} for a name that no row has.
std::unique_ptr<const Process> make_process(std::string_view name, const ProcessOptions& options);

base::Table<ProcessRow>& process_table();

}  // namespace lorikeet::diffusion
