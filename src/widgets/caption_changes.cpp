#include "widgets/caption_changes.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "studio/caption_diff.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

constexpr std::size_t kLongestPart = 300;
constexpr std::size_t kReasonsShown = 20;

const char* word_of(studio::DiffKind kind) {
    switch (kind) {
        case studio::DiffKind::Gone: return "gone";
        case studio::DiffKind::New: return "new";
        default: return "same";
    }
}

json json_of_change(const studio::TextChange& change) {
    auto parts = json::array();
    for (const auto& [kind, text] : studio::caption_diff(change))
        parts.push_back({word_of(kind), base::printable_start(text, kLongestPart)});
    return {{"file", base::printable(change.file)}, {"parts", std::move(parts)}};
}

}  // namespace

CaptionChanges::CaptionChanges(SharedStyles& styles)
    : Control(styles, "Any", {{}, {}, {"lk-caption-changes"}}, [] {
          auto state =
              anywidget_state("lorikeet.caption-changes",
                              fmt::format("{}\n{}", web_file("parts.js"), web_file("caption_changes.js")),
                              web_file("captions.css"));
          state.update({{"rows", json::array()},
                        {"total", 0},
                        {"left_out", json::array()},
                        {"left_out_total", 0},
                        {"doing", ""},
                        {"plan", 0},
                        {"busy", false}});
          return state;
      }()) {}

void CaptionChanges::show(studio::CaptionPlan plan, const std::string& doing) {
    plan_ = std::move(plan);
    shown_ = kShownAtOnce;
    auto left_out = json::array();
    for (std::size_t i = 0; i < std::min(plan_.left_out.size(), kReasonsShown); ++i)
        left_out.push_back(base::printable(base::to_text({plan_.left_out[i]})));
    set({{"doing", doing},
         {"plan", ++number_},
         {"left_out", std::move(left_out)},
         {"left_out_total", plan_.left_out.size()}});
    show_rows();
}

void CaptionChanges::clear() { show({}, ""); }

void CaptionChanges::say_busy(bool busy) { set({{"busy", busy}}); }

void CaptionChanges::show_rows() {
    const auto& texts = plan_.change.texts;
    auto rows = json::array();
    for (std::size_t i = 0; i < std::min(shown_, texts.size()); ++i) rows.push_back(json_of_change(texts[i]));
    set({{"rows", std::move(rows)}, {"total", texts.size()}});
}

void CaptionChanges::take_message(const json& content, const std::vector<std::string>& /*buffers*/) {
    const auto kind = content.is_object() ? content.value("kind", json()) : json();
    if (kind == "more") {
        shown_ += kShownAtOnce;
        show_rows();
    }
    if (kind == "leave" && on_leave) on_leave();
    if (kind == "make" && on_make && content.value("plan", json()) == number_) on_make();
}

}  // namespace lorikeet::widgets
