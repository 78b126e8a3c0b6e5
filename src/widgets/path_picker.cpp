#include "widgets/path_picker.hpp"

#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

using nlohmann::json;
using studio::PathKind;

namespace {

json picker_state(PathKind wanted, const std::string& field) {
    auto state = anywidget_state("lorikeet.path-picker",
                                 fmt::format("{}\n{}", web_file("parts.js"), web_file("path_picker.js")),
                                 web_file("path_picker.css"));
    state.update({{"open", false},
                  {"disabled", false},
                  {"field", field},
                  {"wants", wanted == PathKind::Folder ? "folder" : "file"},
                  {"folder", ""},
                  {"entries", json::array()},
                  {"note", ""}});
    return state;
}

std::string words_for_listing(const studio::PathListing& listing, PathKind wanted) {
    if (!listing.trouble.empty()) return listing.trouble;
    if (listing.is_cut) return "Only the first thousand are listed.";
    if (wanted == PathKind::Folder) return base::counted(listing.images, "image") + " here.";
    for (const auto& entry : listing.entries)
        if (!entry.is_folder) return {};
    return "No model files (.safetensors) here.";
}

}  // namespace

PathPicker::PathPicker(SharedStyles& styles, PathKind wanted, const std::string& field)
    : Control(styles, "Any", {{}, {}, {"lk-picker"}}, picker_state(wanted, field)),
      wanted_(wanted),
      task_(styles.registry().loop()) {}

void PathPicker::enable(Enabled enabled) { set({{"disabled", enabled == Enabled::No}}); }

void PathPicker::list(const base::Path& folder) {
    task_.start(
        [this, folder, wanted = wanted_](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto listing = studio::list_paths(folder, wanted, cancel);
            return [this, listing] { show(listing); };
        },
        [](const base::Error&) {});
}

// A name that JSON cannot hold is left out: a person types such a path.
void PathPicker::show(const studio::PathListing& listing) {
    folder_ = listing.folder;
    auto entries = json::array();
    for (const auto& entry : listing.entries)
        if (base::is_utf8(entry.name))
            entries.push_back({{"name", entry.name},
                               {"label", base::printable(entry.name)},
                               {"kind", entry.is_folder ? "folder" : "file"}});
    set({{"open", true},
         {"folder", base::printable(folder_.string())},
         {"entries", std::move(entries)},
         {"note", words_for_listing(listing, wanted_)}});
}

void PathPicker::choose(const base::Path& path) {
    set({{"open", false}});
    if (on_choose) on_choose(studio::typed_path(path, std::filesystem::current_path()));
}

void PathPicker::take_message(const json& content, const std::vector<std::string>& /*buffers*/) {
    try {
        const auto kind = content.at("kind").get<std::string>();
        if (kind == "open") {
            const auto typed_now = base::clean_typed_path(typed ? typed() : std::string());
            const base::Path at = std::filesystem::current_path() / typed_now;
            list(wanted_ == PathKind::ModelFile && base::is_file(at) ? at.parent_path() : at);
        }
        if (kind == "close") set({{"open", false}});
        if (kind == "up") list(folder_.parent_path());
        const auto name = content.value("name", std::string());
        const bool is_plain = name.find('/') == std::string::npos && name != "..";
        if (kind == "into" && is_plain) list(folder_ / name);
        if (kind == "choose" && is_plain && !folder_.empty()) choose(name.empty() ? folder_ : folder_ / name);
    } catch (const json::exception&) {  // no window of ours
    }
}

std::unique_ptr<Box> with_picker(SharedStyles& styles, std::unique_ptr<Text> field, PathKind wanted,
                                 const std::string& name) {
    auto& text = *field;
    Children row;
    row.push_back(std::move(field));
    auto& picker = put<PathPicker>(row, styles, wanted, name);
    picker.typed = [&text] { return text.value(); };
    picker.on_choose = [&text](const std::string& path) {
        text.write(path);
        if (text.on_change) text.on_change();
    };
    return std::make_unique<Box>(styles, Box::Way::Across, std::move(row),
                                 std::vector<std::string>{"lk-row", "lk-path"});
}

}  // namespace lorikeet::widgets
