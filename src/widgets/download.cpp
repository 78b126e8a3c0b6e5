#include "widgets/download.hpp"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

namespace {

nlohmann::json download_state() {
    auto state = anywidget_state("lorikeet.download", std::string(web_file("download.js")));
    state.update({{"file", ""}, {"name", ""}});
    return state;
}

}  // namespace

Download::Download(SharedStyles& styles, base::Path notebook_folder)
    : Control(styles, "Any", {{}, {}, {"lk-download"}}, download_state()),
      notebook_folder_(std::move(notebook_folder)) {}

void Download::offer(const base::Path& file) {
    const auto absolute = [](const base::Path& path) {
        return std::filesystem::absolute(path).lexically_normal();
    };
    const auto below = file.empty() ? base::Path()
                                    : absolute(file).lexically_relative(absolute(notebook_folder_));
    const bool served = !below.empty() && *below.begin() != ".." && base::is_utf8(below.string());
    set({{"file", served ? below.generic_string() : std::string()},
         {"name", served ? below.filename().string() : std::string()}});
}

}  // namespace lorikeet::widgets
