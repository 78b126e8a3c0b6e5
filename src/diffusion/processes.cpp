#include "diffusion/processes.hpp"

#include "base/error.hpp"

namespace lorikeet::diffusion {
namespace {

std::unique_ptr<const Process> make_ddpm(const ProcessOptions& options) {
    return std::make_unique<const Ddpm>(options.prediction, options.terminal, options.device);
}

constexpr ProcessRow kDdpm{"ddpm", make_ddpm};

}  // namespace

base::Table<ProcessRow>& process_table() {
    static base::Table<ProcessRow> table{&kDdpm};
    return table;
}

std::unique_ptr<const Process> make_process(std::string_view name, const ProcessOptions& options) {
    const auto* row = process_table().find([&](const auto& one) { return one.name == name; });
    base::expects(row != nullptr, "each family names a process of the table");
    return row->make(options);
}

}  // namespace lorikeet::diffusion
