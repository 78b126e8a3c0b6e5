// The Jupyter kernel: started by a Jupyter server with the name of a connection file, ended by it, or with it.
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "base/error.hpp"
#include "base/processor.hpp"
#include "kernel/serve.hpp"
#include "studio/open_project.hpp"
#include "widgets/pages.hpp"

int main(int argc, char** argv) {
    using namespace lorikeet;
    base::hold_libraries_back();
    // For the trainings that are started from here: threads that wait for each other sleep soon instead of spinning. A
    // browser works on the same processors; with spinning, a step took seconds instead of a tenth of one.
    ::setenv("GOMP_SPINCOUNT", "1000", 0);
    return kernel::kernel_main(argc, argv, [](widgets::WidgetRegistry& registry) -> kernel::Cells {
        const auto workspace = std::filesystem::current_path();
        try {
            studio::enter_project_of(workspace);
        } catch (const base::Error&) {  // the pages say which folder they are of
        }
        const char* notebook =
            std::getenv("JPY_SESSION_NAME");  // Jupyter's servers say there which file it is
        const auto pages = std::make_shared<widgets::Pages>(
            registry, std::filesystem::current_path(),
            notebook ? std::filesystem::path(notebook).stem().string() : std::string(), workspace);
        return {[pages](std::string_view cell) { return pages->answer(cell); }, widgets::Pages::words(),
                [pages] { pages->restore(); }};
    });
}
