#include "widgets/strip.hpp"

#include <nlohmann/json.hpp>

#include "base/printable.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

json strip_state() {
    auto state = anywidget_state("lorikeet.strip", std::string(web_file("strip.js")), web_file("strip.css"));
    state.update(
        {{"place", ""}, {"project", false}, {"folder", ""}, {"trouble", ""}, {"items", json::array()}});
    return state;
}

std::string_view word_for(StripMark mark) {
    switch (mark) {
        case StripMark::Open: return "open";
        case StripMark::Part: return "part";
        case StripMark::Done: return "done";
    }
    return "";
}

}  // namespace

Strip::Strip(SharedStyles& styles) : Control(styles, "Any", {{}, {}, {"lk-strip"}}, strip_state()) {}

void Strip::tell(const StripState& state) {
    items_ = state.items;
    auto items = json::array();
    for (const auto& item : items_)
        items.push_back(
            {{"key", item.key}, {"text", item.text}, {"mark", word_for(item.mark)}, {"cell", item.cell}});
    set({{"place", base::printable(state.place)},
         {"project", state.is_project},
         {"folder", base::printable(state.folder)},
         {"trouble", base::printable(state.trouble)},
         {"items", std::move(items)}});
}

void Strip::take_message(const json& content, const std::vector<std::string>& /*buffers*/) {
    if (!content.is_object() || content.value("kind", json()) != "press" || !on_press) return;
    for (const auto& item : items_)
        if (content.value("key", json()) == item.key) return on_press(item);
}

}  // namespace lorikeet::widgets
