#include "widgets/image_gallery.hpp"

#include <algorithm>
#include <mutex>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "studio/thumbnail.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

constexpr std::size_t kChips = 3;
constexpr std::size_t kTogether = 8;          // thumbnails in a message
constexpr std::size_t kLongestCaption = 600;  // as a hint

json gallery_state() {
    auto state =
        anywidget_state("lorikeet.gallery", std::string(web_file("gallery.js")), web_file("gallery.css"));
    state.update({{"items", json::array()},
                  {"page", 0},
                  {"pages", 1},
                  {"found", 0},
                  {"total", 0},
                  {"first", 0},
                  {"filter", ""},
                  {"undo", ""},
                  {"busy", false},
                  {"selected", json::array()}});
    return state;
}

// One version of one image: what a window keeps a thumbnail by.
std::string id_of(const studio::ListedImage& image) {
    return base::sha256(fmt::format("{}|{}|{}", image.name, image.bytes, image.changed)).substr(0, 20);
}

// Names go to windows and come back; one that JSON cannot hold is told by its id.
std::string name_for_window(const studio::ListedImage& image) {
    return base::is_utf8(image.name) ? image.name : id_of(image);
}

}  // namespace

struct ImageGallery::Thumbs {
    std::vector<std::string> ids, jpegs, broken;
};

ImageGallery::ImageGallery(SharedStyles& styles)
    : Control(styles, "Any", {{}, {}, {"lk-gallery"}}, gallery_state()),
      alive_(std::make_shared<bool>(true)),
      task_(styles.registry().loop()) {}
ImageGallery::~ImageGallery() { alive_.reset(); }

void ImageGallery::show_images(const base::Path& folder, std::vector<studio::ListedImage> images) {
    if (folder != folder_) {
        page_ = 0;
        task_.stop();
        wanted_.clear();
    }
    folder_ = folder;
    images_ = std::move(images);
    filter();
}

void ImageGallery::show_frames(std::map<std::string, ImageFrame> frames) {
    frames_ = std::move(frames);
    show_page();
}

void ImageGallery::say_undo(const std::string& what) { set({{"undo", base::printable(what)}}); }
void ImageGallery::say_busy(bool busy) { set({{"busy", busy}}); }

void ImageGallery::filter() {
    const auto wanted = base::to_lower(base::trim(filter_));
    found_.clear();
    for (std::size_t i = 0; i < images_.size(); ++i)
        if (wanted.empty() || base::to_lower(images_[i].caption).find(wanted) != std::string::npos)
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
    json all{{"id", id_of(image)},
             {"name", name_for_window(image)},
             {"label", base::printable(image.name)},
             {"chips", std::move(chips)},
             {"more", tags.size() > kChips},
             {"caption", base::printable_start(image.caption, kLongestCaption)}};
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

void ImageGallery::want(const std::vector<std::string>& names) {
    const std::set<std::string> asked(names.begin(), names.end());
    for (const auto at : found_)
        if (asked.contains(name_for_window(images_[at]))) wanted_[id_of(images_[at])] = images_[at].name;
    make_thumbnails();
}

// All that are asked for and not sent yet: a newer task takes the place of the one before it.
void ImageGallery::make_thumbnails() {
    if (wanted_.empty()) return;
    std::vector<std::pair<std::string, std::string>> work;  // in the order of the page
    for (const auto at : found_)
        if (const auto id = wanted_.find(id_of(images_[at])); id != wanted_.end()) work.emplace_back(*id);
    auto& loop = registry_.loop();
    task_.start(
        [this, &loop, alive = std::weak_ptr(alive_), folder = folder_,
         work](base::Cancel& cancel) -> BackgroundTask::Answer {
            std::mutex guard;
            Thumbs ready;
            const auto hand_over = [&] {
                loop.post([this, alive, thumbs = std::exchange(ready, {})] {
                    if (!alive.expired()) send_thumbs(thumbs);
                });
            };
            base::for_each_index(work.size(), base::processor_count(), cancel, [&](std::size_t i) {
                std::string jpeg;
                try {
                    jpeg = studio::thumbnail(folder, work[i].second);
                } catch (const base::Error&) {  // the page `check` says why
                }
                const std::lock_guard lock(guard);
                (jpeg.empty() ? ready.broken : ready.ids).push_back(work[i].first);
                if (!jpeg.empty()) ready.jpegs.push_back(std::move(jpeg));
                if (ready.ids.size() + ready.broken.size() >= kTogether) hand_over();
            });
            return [this, ready] { send_thumbs(ready); };
        },
        [](const base::Error&) {});
}

void ImageGallery::send_thumbs(const Thumbs& thumbs) {
    if (thumbs.ids.empty() && thumbs.broken.empty()) return;
    for (const auto& id : thumbs.ids) wanted_.erase(id);
    for (const auto& id : thumbs.broken) wanted_.erase(id);
    send({{"kind", "thumbs"}, {"ids", thumbs.ids}, {"broken", thumbs.broken}}, thumbs.jpegs);
}

}  // namespace lorikeet::widgets
