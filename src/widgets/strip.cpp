#include "widgets/strip.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/printable.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

json strip_state(const std::string& word) {
    auto state = anywidget_state("lorikeet.strip",
                                 fmt::format("{}\n{}", web_file("life.js"), web_file("strip.js")),
                                 web_file("strip.css"));
    state.update({{"word", word},
                  {"place", ""},
                  {"project", false},
                  {"folder", ""},
                  {"trouble", ""},
                  {"items", json::array()}});
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

Strip::Strip(SharedStyles& styles, const std::string& word)
    : Control(styles, "Any", {{}, {}, {"lk-life", "lk-strip"}}, strip_state(word)) {}

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
