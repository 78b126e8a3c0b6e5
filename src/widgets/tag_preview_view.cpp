#include "widgets/tag_preview_view.hpp"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/printable.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

json preview_state() {
    auto state = anywidget_state("lorikeet.tag-preview",
                                 fmt::format("{}\n{}", web_file("parts.js"), web_file("tag_preview.js")),
                                 web_file("tag_preview.css"));
    state.update({{"name", ""},
                  {"label", ""},
                  {"place", 0},
                  {"count", 0},
                  {"rows", json::array()},
                  {"caption", ""},
                  {"words", ""},
                  {"threshold", 0.35}});
    return state;
}

}  // namespace

TagPreviewView::TagPreviewView(SharedStyles& styles)
    : Control(styles, "Any", {{}, {}, {"lk-tag-preview"}}, preview_state()) {}

void TagPreviewView::show_image(const std::string& name, std::size_t place, std::size_t count) {
    const auto label = base::printable(name);
    set({{"name", label}, {"label", label}, {"place", place}, {"count", count}});
}

void TagPreviewView::send_image(const std::string& name, const std::string& png) {
    send({{"kind", "image"}, {"id", base::printable(name)}}, {png});
}

void TagPreviewView::show(const studio::TagPreview& preview) {
    auto rows = json::array();
    for (const auto& [tag, score, written] : preview.tags)
        rows.push_back({base::printable(tag), std::round(score * 1000) / 1000, written});
    set({{"rows", std::move(rows)},
         {"caption", base::printable(preview.caption)},
         {"words", preview.tags.empty() ? "No tag is at all likely." : ""}});
}

void TagPreviewView::say(const std::string& words) {
    set({{"rows", json::array()}, {"caption", ""}, {"words", base::printable(words)}});
}

void TagPreviewView::show_threshold(double threshold) { set({{"threshold", threshold}}); }

void TagPreviewView::take_message(const json& content, const std::vector<std::string>& /*buffers*/) {
    try {
        const auto kind = content.at("kind").get<std::string>();
        if (kind == "threshold" && on_threshold) on_threshold(content.at("value").get<double>());
        if (kind == "step" && on_step) on_step(content.at("by").get<std::int64_t>());
    } catch (const json::exception&) {  // no window of ours
    }
}

}  // namespace lorikeet::widgets
