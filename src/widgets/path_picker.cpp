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

json list_state(PathKind wanted, const std::string& field) {
    auto state = anywidget_state("lorikeet.path-picker",
                                 fmt::format("{}\n{}", web_file("parts.js"), web_file("path_picker.js")),
                                 web_file("path_picker.css"));
    state.update({{"field", field},
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

class PathPicker::List : public Control {
  public:
    List(SharedStyles& styles, PathPicker& picker)
        : Control(styles, "Any", {{}, {}, {"lk-paths"}}, list_state(picker.wanted_, picker.field_)),
          picker_(picker) {}

    // A name that JSON cannot hold is left out: a person types such a path.
    void show(const studio::PathListing& listing) {
        auto entries = json::array();
        for (const auto& entry : listing.entries)
            if (base::is_utf8(entry.name))
                entries.push_back({{"name", entry.name},
                                   {"label", base::printable(entry.name)},
                                   {"kind", entry.is_folder ? "folder" : "file"}});
        set({{"folder", base::printable(listing.folder.string())},
             {"entries", std::move(entries)},
             {"note", words_for_listing(listing, picker_.wanted_)}});
    }

    void take_message(const json& content, const std::vector<std::string>& /*buffers*/) override {
        try {
            const auto kind = content.at("kind").get<std::string>();
            const auto name = content.value("name", std::string());
            const bool is_plain = name.find('/') == std::string::npos && name != "..";
            const auto folder = picker_.folder_;
            if (folder.empty() || !is_plain) return;
            if (kind == "up") return picker_.look(folder.parent_path());
            if (kind == "into") return picker_.look(folder / name);
            // This list goes with them: once its own message has been taken.
            auto* picker = &picker_;
            if (kind == "close") picker_.soon([picker] { picker->close(); });
            if (kind != "choose") return;
            picker_.soon([picker, path = name.empty() ? folder : folder / name] { picker->choose(path); });
        } catch (const json::exception&) {  // no window of ours
        }
    }

  private:
    PathPicker& picker_;
};

PathPicker::PathPicker(SharedStyles& styles, PathKind wanted, const std::string& field)
    : Box(styles, Way::Down, {}, {"lk-picker"}),
      styles_(styles),
      wanted_(wanted),
      field_(field),
      task_(styles.registry().loop()) {
    auto button = std::make_unique<Button>(
        styles,
        ControlText{{},
                    fmt::format("Choose a {}: {}", wanted == PathKind::Folder ? "folder" : "file", field),
                    {"lkc-button"}},
        "folder-open-o", [this] { press(); });
    button_ = button.get();
    append(std::move(button));
}
PathPicker::~PathPicker() = default;

void PathPicker::enable(Enabled enabled) { button_->enable(enabled); }
const Control* PathPicker::list() const { return list_; }

void PathPicker::press() {
    if (list_ != nullptr) return close();
    const auto typed_now = base::clean_typed_path(typed ? typed() : std::string());
    const base::Path at = std::filesystem::current_path() / typed_now;
    look(wanted_ == PathKind::ModelFile && base::is_file(at) ? at.parent_path() : at);
}

void PathPicker::soon(std::function<void()> work) {
    registry_.loop().post([alive = std::weak_ptr(alive_), work = std::move(work)] {
        if (!alive.expired()) work();
    });
}

void PathPicker::close() {
    task_.stop();
    if (list_ != nullptr) take(*std::exchange(list_, nullptr));
}

void PathPicker::look(const base::Path& folder) {
    task_.start(
        [this, folder, wanted = wanted_](base::Cancel& cancel) -> BackgroundTask::Answer {
            const auto listing = studio::list_paths(folder, wanted, cancel);
            return [this, listing] {
                folder_ = listing.folder;
                if (list_ == nullptr) {
                    auto list = std::make_unique<List>(styles_, *this);
                    list_ = list.get();
                    list_->show(listing);
                    append(std::move(list));
                } else {
                    list_->show(listing);
                }
            };
        },
        [](const base::Error&) {});
}

void PathPicker::choose(const base::Path& path) {
    close();
    if (on_choose) on_choose(studio::typed_path(path, std::filesystem::current_path()));
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
