#include "diffusion/processes.hpp"

#include <algorithm>
#include <vector>

#include "base/error.hpp"

namespace lorikeet::diffusion {
namespace {

std::unique_ptr<const Process> make_ddpm(const ProcessOptions& options) {
    return std::make_unique<const Ddpm>(options.prediction, options.terminal, options.device);
}

constexpr ProcessRow kDdpm{"ddpm", make_ddpm};

std::vector<const ProcessRow*>& process_rows() {
    static std::vector<const ProcessRow*> rows{&kDdpm};
    return rows;
}

}  // namespace

std::unique_ptr<const Process> make_process(std::string_view name, const ProcessOptions& options) {
    const auto& rows = process_rows();
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const auto* one) { return one->name == name; });
    base::expects(row != rows.end(), "each family names a process of the table");
    return (*row)->make(options);
}

ScopedProcess::ScopedProcess(const ProcessRow& row) : row_(row) { process_rows().push_back(&row_); }
ScopedProcess::~ScopedProcess() { std::erase(process_rows(), &row_); }

}  // namespace lorikeet::diffusion
