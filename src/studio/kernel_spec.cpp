#include "studio/kernel_spec.hpp"

#include <cstdlib>
#include <string>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lorikeet::studio {

namespace {

constexpr auto kProgram = "lorikeet_kernel";

std::string in_environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

nlohmann::json kernel_json() {
    return {{"argv", {fmt::format("{{resource_dir}}/{}", kProgram), "-f", "{connection_file}"}},
            {"display_name", "Lorikeet"},
            {"language", "lorikeet"},
            {"interrupt_mode", "message"},
            {"metadata", {{"debugger", false}}}};
}

[[noreturn]] void fail_to_write(const base::Path& path, const std::error_code& error) {
    base::fail(base::ErrorCode::Io, fmt::format("Could not write {}: {}.", path.string(), error.message()),
               "Choose an environment that you may write to: lorikeet install-kernel --prefix FOLDER");
}

// A link that is there is taken away first; another file of that name is a copy from a package, and goes the same way.
void link_program(const base::Path& program, const base::Path& place) {
    std::error_code error;
    std::filesystem::remove(place, error);
    if (!error) std::filesystem::create_symlink(program, place, error);
    if (error) fail_to_write(place, error);
}

std::vector<base::Problem> missing_in(const base::Path& prefix) {
    std::vector<base::Problem> missing;
    const auto pip =
        fmt::format("{} -m pip install jupyterlab anywidget", (prefix / "bin" / "python").string());
    if (!std::filesystem::exists(prefix / "bin" / "jupyter-lab"))
        missing.push_back({prefix.string(), "JupyterLab is not in this environment.", pip});
    else if (!std::filesystem::exists(prefix / "share" / "jupyter" / "labextensions" / "anywidget"))
        missing.push_back(
            {prefix.string(), "anywidget is not in this environment; the chart needs it.", pip});
    return missing;
}

}  // namespace

base::Path user_jupyter_folder() {
    if (const auto folder = in_environment("JUPYTER_DATA_DIR"); !folder.empty()) return folder;
    if (const auto folder = in_environment("XDG_DATA_HOME"); !folder.empty())
        return base::Path(folder) / "jupyter";
    return base::Path(in_environment("HOME")) / ".local" / "share" / "jupyter";
}

base::Path kernel_program() {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path() / kProgram;
}

KernelSpecReport install_kernel_spec(const KernelSpecRequest& request) {
    if (!std::filesystem::exists(request.program))
        base::fail(base::ErrorCode::NotFound,
                   fmt::format("There is no kernel at {}.", request.program.string()),
                   "Build it: ./run build");
    if (!request.prefix.empty() && !std::filesystem::is_directory(request.prefix))
        base::fail(base::ErrorCode::NotFound, fmt::format("There is no folder {}.", request.prefix.string()),
                   "Name the folder of an environment, the one in which bin/python lies.");
    const auto jupyter = request.prefix.empty() ? user_jupyter_folder()
                                                : request.prefix / "share" / "jupyter";
    KernelSpecReport report{jupyter / "kernels" / "lorikeet", {}};
    std::error_code error;
    std::filesystem::create_directories(report.folder, error);
    if (error) fail_to_write(report.folder, error);
    link_program(std::filesystem::absolute(request.program), report.folder / kProgram);
    base::write_whole(report.folder / "kernel.json", kernel_json().dump(1) + "\n");
    if (!request.prefix.empty()) report.missing = missing_in(request.prefix);
    return report;
}

}  // namespace lorikeet::studio
