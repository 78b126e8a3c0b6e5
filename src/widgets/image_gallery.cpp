#include "widgets/image_gallery.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "studio/image_folder.hpp"
#include "studio/thumbnail.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/findings.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

constexpr std::size_t kChips = 3;
constexpr std::int64_t kLargePx = 1024;
constexpr std::size_t kLongestCaption = 600;  // as a hint

json gallery_state() {
    auto state = anywidget_state(
        "lorikeet.gallery",
        fmt::format("{}\n{}\n{}", web_file("parts.js"), web_file("gallery_view.js"), web_file("gallery.js")),
        web_file("gallery.css"));
    state.update({{"items", json::array()},
                  {"page", 0},
                  {"pages", 1},
                  {"found", 0},
                  {"total", 0},
                  {"first", 0},
                  {"filter", ""},
                  {"findings", json::array()},
                  {"finding", ""},
                  {"undo", ""},
                  {"busy", false},
                  {"selected", json::array()}});
    return state;
}

}  // namespace

ImageGallery::ImageGallery(SharedStyles& styles)
    : Control(styles, "Any", {{}, {}, {"lk-gallery"}}, gallery_state()),
      large_(styles.registry().loop()),
      thumbs_(styles.registry().loop(),
              [this](const json& content, const std::vector<std::string>& jpegs) { send(content, jpegs); }) {}

void ImageGallery::show_images(const base::Path& folder, std::vector<studio::ListedImage> images) {
    if (folder != folder_) {
        page_ = 0;
        thumbs_.clear();
    }
    folder_ = folder;
    images_ = std::move(images);
    filter();
}

void ImageGallery::show_frames(std::map<std::string, ImageFrame> frames) {
    frames_ = std::move(frames);
    show_page();
}

void ImageGallery::show_findings(const std::vector<studio::CheckFinding>& findings,
                                 const std::string& shown) {
    findings_of_.clear();
    auto list = json::array();
    for (const auto& finding : findings) {
        if (finding.names.empty()) continue;
        for (const auto& name : finding.names) findings_of_[name].insert(finding.kind);
        list.push_back(
            {{"kind", finding.kind},
             {"words", fmt::format("{} ({})", words_for_kind(finding.kind), finding.names.size())}});
    }
    if (finding_ != shown) page_ = 0;
    finding_ = shown;
    set({{"findings", std::move(list)}, {"finding", shown}});
    filter();
}

void ImageGallery::say_undo(const std::string& what) { set({{"undo", base::printable(what)}}); }
void ImageGallery::say_busy(bool busy) { set({{"busy", busy}}); }

void ImageGallery::filter() {
    const auto wanted = base::to_lower(base::trim(filter_));
    found_.clear();
    const auto is_found = [&](const studio::ListedImage& image) {
        if (finding_.empty()) return true;
        const auto of = findings_of_.find(image.name);
        return of != findings_of_.end() && of->second.contains(finding_);
    };
    for (std::size_t i = 0; i < images_.size(); ++i)
        if (is_found(images_[i]) &&
            (wanted.empty() || base::to_lower(images_[i].caption).find(wanted) != std::string::npos))
            found_.push_back(i);
    show_page();
}

void ImageGallery::show_page() {
    const auto pages = std::max<std::size_t>(1, (found_.size() + kPageSize - 1) / kPageSize);
    page_ = std::min(page_, pages - 1);
    const auto first = page_ * kPageSize;
    auto items = json::array(), selected = json::array();
    std::set<std::string> shown;
    for (std::size_t i = first; i < std::min(found_.size(), first + kPageSize); ++i) {
        items.push_back(item(images_[found_[i]]));
        shown.insert(name_for_window(images_[found_[i]]));
    }
    // What is not seen is not chosen: nobody deletes it without knowing.
    for (const auto& name : state().at("selected"))
        if (name.is_string() && shown.contains(name.get<std::string>())) selected.push_back(name);
    set({{"items", std::move(items)},
         {"selected", std::move(selected)},
         {"page", page_},
         {"pages", pages},
         {"found", found_.size()},
         {"total", images_.size()},
         {"first", first},
         {"filter", filter_}});
}

json ImageGallery::item(const studio::ListedImage& image) const {
    const auto tags = studio::first_tags(image.caption, kChips + 1);
    auto chips = json::array();
    for (std::size_t i = 0; i < std::min(tags.size(), kChips); ++i) chips.push_back(tags[i]);
    json all{{"id", thumb_id(image)},
             {"name", name_for_window(image)},
             {"label", base::printable(image.name)},
             {"chips", std::move(chips)},
             {"more", tags.size() > kChips},
             {"bad_caption", image.bad_caption},
             {"caption", base::printable_start(image.caption, kLongestCaption)}};
    auto findings = json::array();
    if (const auto of = findings_of_.find(image.name); of != findings_of_.end())
        for (const auto& kind : of->second)
            if (kind != "no-caption") findings.push_back(words_for_kind(kind));  // the chips say that
    if (!findings.empty()) all["findings"] = std::move(findings);
    if (const auto frame = frames_.find(image.name); frame != frames_.end())
        all["frame"] = {frame->second.left, frame->second.top, frame->second.width, frame->second.height};
    return all;
}

// ---- What windows ask for

void ImageGallery::take_message(const json& content, const std::vector<std::string>& /*buffers*/) {
    try {
        const auto kind = content.at("kind").get<std::string>();
        if (kind == "want") want(content.at("names").get<std::vector<std::string>>());
        if (kind == "page") {
            page_ = content.at("page").get<std::size_t>();
            show_page();
        }
        if (kind == "filter") {
            filter_ = content.at("text").get<std::string>();
            page_ = 0;
            filter();
        }
        if (kind == "large") show_large(content.at("name").get<std::string>());
        if (kind == "finding" && on_finding) on_finding(content.at("finding").get<std::string>());
        if (kind == "undo" && on_undo) on_undo();
        if (kind != "trash" || !on_trash) return;
        const auto names = content.at("names").get<std::set<std::string>>();
        std::vector<std::string> chosen;
        for (const auto& image : images_)
            if (names.contains(name_for_window(image))) chosen.push_back(image.name);
        if (!chosen.empty()) on_trash(chosen);
    } catch (const json::exception&) {  // no window of ours
    }
}

void ImageGallery::show_large(const std::string& name) {
    const auto found = std::find_if(images_.begin(), images_.end(),
                                    [&](const auto& image) { return name_for_window(image) == name; });
    if (found == images_.end()) return;
    large_.start(
        [this, id = thumb_id(*found), file = folder_ / found->name](base::Cancel&) -> BackgroundTask::Answer {
            const auto png = studio::small_png(file, kLargePx);
            return [this, id, png] { send({{"kind", "large"}, {"id", id}}, {png}); };
        },
        [](const base::Error&) {});  // its thumbnail says that it cannot be read
}

void ImageGallery::want(const std::vector<std::string>& names) {
    const std::set<std::string> asked(names.begin(), names.end());
    std::vector<Thumb> wanted;  // in the order of the page
    for (const auto at : found_)
        if (const auto& image = images_[at]; asked.contains(name_for_window(image)))
            wanted.push_back({thumb_id(image), [folder = folder_, name = image.name] {
                                  return studio::thumbnail(folder, name);
                              }});
    thumbs_.want(std::move(wanted));
}

}  // namespace lorikeet::widgets
