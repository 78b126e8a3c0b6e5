#include "widgets/findings.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/printable.hpp"
#include "base/text.hpp"
#include "studio/thumbnail.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

constexpr std::size_t kCaptionsOfAnImage = 3;
constexpr std::size_t kLongestSeenCaption = 300;

json findings_state() {
    auto state = anywidget_state("lorikeet.findings",
                                 fmt::format("{}\n{}", web_file("parts.js"), web_file("findings.js")),
                                 web_file("findings.css"));
    state.update({{"rows", json::array()}, {"seen", json::array()}, {"seen_total", 0}, {"busy", false}});
    return state;
}

// Where moving all of them away is what one would do, or all but one of each; of the others the person chooses in the gallery.
bool may_go(const studio::CheckFinding& finding) {
    const auto& kind = finding.kind;
    if (!finding.spare.empty()) return true;
    return kind == "left-out" || kind == "bad-caption" || kind == "generated" || kind == "one-colour";
}

}  // namespace

std::string words_for_kind(const std::string& kind) { return base::replace_all(kind, "-", " "); }

Findings::Findings(SharedStyles& styles)
    : Control(styles, "Any", {{}, {}, {"lk-findings"}}, findings_state()),
      thumbs_(styles.registry().loop(), [this](const json& content, const std::vector<std::string>& images) {
          send(content, images);
      }) {}

void Findings::show(const base::Path& folder, std::vector<studio::CheckFinding> findings,
                    std::vector<studio::SeenImage> seen) {
    folder_ = folder;
    findings_ = std::move(findings);
    seen_ = std::move(seen);
    make_.clear();
    thumbs_.clear();
    auto rows = json::array();
    for (const auto& finding : findings_) {
        auto images = json::array();
        for (std::size_t i = 0; i < std::min(kShownOfAFinding, finding.names.size()); ++i)
            images.push_back(
                {{"id", thumb_of(finding.names[i])},
                 {"label", base::printable(finding.names[i])},
                 {"reason", i < finding.reasons.size() ? base::printable(words_for_page(finding.reasons[i]))
                                                       : std::string()}});
        rows.push_back({{"kind", finding.kind},
                        {"what", base::printable(words_for_page(finding.what))},
                        {"remedy", base::printable(words_for_page(finding.remedy))},
                        {"images", std::move(images)},
                        {"more", finding.names.size() - std::min(kShownOfAFinding, finding.names.size())},
                        {"count", finding.names.size()},
                        {"trash", may_go(finding)},
                        {"spare", finding.spare.size()},
                        {"blocks", finding.blocks}});
    }
    set({{"rows", std::move(rows)}});
    show_seen();
}

void Findings::show_seen() {
    auto list = json::array();
    for (std::size_t i = 0; i < std::min(seen_shown_, seen_.size()); ++i) {
        const auto& image = seen_[i];
        const auto id = "seen-" + thumb_of(image.name);
        make_[id] = image.thumbnail;
        auto captions = json::array();
        for (std::size_t k = 0; k < std::min(kCaptionsOfAnImage, image.captions.size()); ++k)
            captions.push_back(base::printable_start(image.captions[k], kLongestSeenCaption));
        list.push_back(
            {{"id", id},
             {"label", base::printable(image.name)},
             {"size", fmt::format("{} \u00d7 {}", image.width_px, image.height_px)},
             {"width", image.width_px},
             {"height", image.height_px},
             {"cut", static_cast<int>(100 * image.lost + 0.5)},
             {"captions", std::move(captions)},
             {"more", image.captions.size() - std::min(kCaptionsOfAnImage, image.captions.size())}});
    }
    set({{"seen", std::move(list)}, {"seen_total", seen_.size()}});
}

// The id of this version of an image.
std::string Findings::thumb_of(const std::string& name) {
    std::error_code trouble;
    const auto changed = std::filesystem::last_write_time(folder_ / name, trouble);
    const auto id =
        base::sha256(fmt::format("{}|{}", name, changed.time_since_epoch().count())).substr(0, 20);
    make_[id] = [folder = folder_, name] { return studio::thumbnail(folder, name); };
    return id;
}

void Findings::say_busy(bool busy) { set({{"busy", busy}}); }

void Findings::offer_report(const std::string& name, const std::string& html) {
    send({{"kind", "report"}, {"name", base::printable(name)}}, {html});
}

void Findings::take_message(const json& content, const std::vector<std::string>& /*buffers*/) {
    try {
        const auto kind = content.at("kind").get<std::string>();
        if (kind == "want") want(content.at("ids").get<std::vector<std::string>>());
        if (kind == "more") {
            seen_shown_ += kSeenAtOnce;
            show_seen();
        }
        if (kind != "show" && kind != "trash") return;
        const auto wanted = content.at("finding").get<std::string>();
        const auto found = std::find_if(findings_.begin(), findings_.end(),
                                        [&](const auto& finding) { return finding.kind == wanted; });
        if (found == findings_.end()) return;
        const auto finding = *found;  // the list may go while it is worked on
        if (kind == "show" && on_show) on_show(finding);
        if (kind == "trash" && on_trash && may_go(finding)) on_trash(finding);
    } catch (const json::exception&) {  // no window of ours
    }
}

void Findings::want(const std::vector<std::string>& ids) {
    std::vector<Thumb> wanted;
    for (const auto& id : ids)
        if (const auto found = make_.find(id); found != make_.end()) wanted.push_back({id, found->second});
    thumbs_.want(std::move(wanted));
}

}  // namespace lorikeet::widgets
