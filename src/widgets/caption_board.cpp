#include "widgets/caption_board.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/printable.hpp"
#include "base/tag_syntax.hpp"
#include "base/text.hpp"
#include "studio/caption_plan.hpp"
#include "studio/thumbnail.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

constexpr std::size_t kRemembered = 32;
constexpr std::size_t kLongestHint = 300;  // as a hint

json board_state() {
    auto state = anywidget_state(
        "lorikeet.captions",
        fmt::format("{}\n{}\n{}\n{}\n{}", web_file("parts.js"), web_file("caption_tags.js"),
                    web_file("caption_chips.js"), web_file("caption_editor.js"), web_file("captions.js")),
        web_file("captions.css"));
    state.update({{"tags", json::array()},
                  {"tags_total", 0},
                  {"search", ""},
                  {"tag", ""},
                  {"items", json::array()},
                  {"page", 0},
                  {"pages", 1},
                  {"found", 0},
                  {"total", 0},
                  {"first", 0},
                  {"editor", json::object()},
                  {"undo", ""},
                  {"busy", false}});
    return state;
}

json json_of(const studio::CaptionShown& read) {
    return {{"read", base::printable(read.caption)},
            {"unread", base::printable(read.unread)},
            {"tokens", read.tokens},
            {"most", read.most}};
}

std::vector<std::string> keys_of(const studio::ListedImage& image) {
    std::vector<std::string> keys;
    for (const auto& part : studio::caption_parts(image.caption))
        if (!part.is_sentence) keys.push_back(studio::tag_key(part.text));
    return keys;
}

bool has(const std::vector<std::string>& keys, const std::string& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

CaptionedImages with_tags(const base::Path& folder, studio::DatasetListing listing) {
    CaptionedImages all{folder, {}, {}, studio::tag_frequencies(listing)};
    all.images = std::move(listing.images);
    for (const auto& image : all.images) all.keys.push_back(keys_of(image));
    return all;
}

CaptionBoard::CaptionBoard(SharedStyles& styles)
    : Control(styles, "Any", {{}, {}, {"lk-captions"}}, board_state()),
      thumbs_(styles.registry().loop(),
              [this](const json& content, const std::vector<std::string>& jpegs) { send(content, jpegs); }) {}

void CaptionBoard::show(CaptionedImages images) {
    if (images.folder != all_.folder) {
        thumbs_.clear();
        page_ = at_ = 0;
        image_.clear();
        tag_.clear();
        set({{"editor", json::object()}});
    }
    all_ = std::move(images);
    const bool is_there = std::any_of(all_.tags.begin(), all_.tags.end(),
                                      [&](const auto& tag) { return studio::tag_key(tag.first) == tag_; });
    if (!is_there) tag_.clear();
    show_tags();
    filter();
    if (find(image_) != nullptr) return;
    image_.clear();
    set({{"editor", json::object()}});
    if (!found_.empty()) choose(all_.images[found_[std::min(at_, found_.size() - 1)]].name);
}

const studio::ListedImage* CaptionBoard::find(const std::string& name) const {
    const auto at = std::find_if(all_.images.begin(), all_.images.end(),
                                 [&](const auto& image) { return image.name == name; });
    return at == all_.images.end() ? nullptr : &*at;
}

// ---- Tags and images

void CaptionBoard::show_tags() {
    const auto wanted = studio::tag_key(search_);
    auto tags = json::array();
    std::size_t total = 0;
    for (const auto& [tag, images] : all_.tags) {
        const auto key = studio::tag_key(tag);
        if (key.find(wanted) == std::string::npos) continue;
        if (total++ < kTagsShown) tags.push_back({base::printable(tag), images, key});
    }
    set({{"tags", std::move(tags)}, {"tags_total", total}, {"search", search_}, {"tag", tag_}});
}

void CaptionBoard::filter() {
    found_.clear();
    for (std::size_t i = 0; i < all_.images.size(); ++i)
        if (tag_.empty() || has(all_.keys[i], tag_)) found_.push_back(i);
    find_place();
    show_page();
}

void CaptionBoard::find_place() {
    for (std::size_t i = 0; i < found_.size(); ++i)
        if (all_.images[found_[i]].name == image_) at_ = i;
}

void CaptionBoard::show_page() {
    const auto pages = std::max<std::size_t>(1, (found_.size() + kPageSize - 1) / kPageSize);
    page_ = std::min(page_, pages - 1);
    const auto first = page_ * kPageSize;
    auto items = json::array();
    for (std::size_t i = first; i < std::min(found_.size(), first + kPageSize); ++i) {
        const auto& image = all_.images[found_[i]];
        items.push_back({{"id", thumb_id(image)},
                         {"name", name_for_window(image)},
                         {"label", base::printable(image.name)},
                         {"caption", base::printable_start(image.caption, kLongestHint)}});
    }
    set({{"items", std::move(items)},
         {"page", page_},
         {"pages", pages},
         {"found", found_.size()},
         {"total", all_.images.size()},
         {"first", first}});
}

// ---- The editor

void CaptionBoard::choose(const std::string& name) {
    const auto* image = find(name);
    if (image == nullptr) return;
    image_ = name;
    find_place();
    if (is_found() && page_ != at_ / kPageSize) {
        page_ = at_ / kPageSize;
        show_page();
    }
    if (on_image) on_image(*image);
}

bool CaptionBoard::is_found() const { return at_ < found_.size() && all_.images[found_[at_]].name == image_; }

// From where the image is, or was before it lost the chosen tag.
void CaptionBoard::step(std::int64_t by) {
    if (found_.empty()) return;
    const auto to = static_cast<std::int64_t>(at_) + (is_found() || by < 0 ? by : 0);
    const auto last = static_cast<std::int64_t>(found_.size()) - 1;
    choose(all_.images[found_[static_cast<std::size_t>(std::clamp<std::int64_t>(to, 0, last))]].name);
}

void CaptionBoard::show_editor(const studio::EditedCaption& caption, const studio::CaptionShown& read,
                               const std::string& trouble) {
    const auto* image = find(caption.image);
    if (image == nullptr || caption.image != image_) return;
    auto parts = json::array();
    for (const auto& part : caption.parts)
        parts.push_back({{"text", part.text}, {"sentence", part.is_sentence}});
    set({{"editor",
          {{"id", thumb_id(*image)},
           {"name", name_for_window(*image)},
           {"label", base::printable(image->name)},
           {"at", is_found() ? static_cast<std::int64_t>(at_) : -1},
           {"version", caption.version},
           {"done", done_},
           {"parts", std::move(parts)},
           {"more_lines", caption.more_lines},
           {"utf16", caption.is_utf16},
           {"text", caption.text},
           {"tokens", json_of(read)},
           {"trouble", base::printable(trouble)}}}});
}

void CaptionBoard::end_typing(const std::string& id) {
    done_.push_back(id);
    if (done_.size() > kRemembered) done_.erase(done_.begin());
}

std::string CaptionBoard::name_of(const std::string& name) const {
    for (const auto& image : all_.images)
        if (image.name == name || name_for_window(image) == name) return image.name;
    return {};
}

void CaptionBoard::show_count(const std::string& id, const studio::CaptionShown& read) {
    send({{"kind", "counted"}, {"id", id}, {"tokens", json_of(read)}}, {});
}

void CaptionBoard::say_undo(const std::string& what) { set({{"undo", base::printable(what)}}); }
void CaptionBoard::say_busy(bool busy) { set({{"busy", busy}}); }

// ---- What windows ask for

void CaptionBoard::take_message(const json& content, const std::vector<std::string>& /*buffers*/) {
    try {
        take(content.at("kind").get<std::string>(), content);
    } catch (const json::exception&) {  // no window of ours
    }
}

void CaptionBoard::take(const std::string& kind, const json& content) {
    const auto text = [&](const char* key) { return content.at(key).get<std::string>(); };
    if (kind == "want") want(content.at("ids").get<std::vector<std::string>>());
    if (kind == "search") {
        search_ = text("text");
        show_tags();
    }
    if (kind == "tag") {
        tag_ = text("tag");
        page_ = 0;
        show_tags();
        filter();
        if (!is_found() && !found_.empty()) choose(all_.images[found_.front()].name);
    }
    if (kind == "page") {
        page_ = content.at("page").get<std::size_t>();
        show_page();
    }
    if (kind == "image") choose(name_of(text("name")));
    if (kind == "step") step(content.at("by").get<std::int64_t>());
    const auto over = [&] {
        return TypedOver{text("id"), name_of(text("name")), text("version"), text("after")};
    };
    if (kind == "parts" && on_parts) on_parts(over(), content.at("parts").get<std::vector<std::string>>());
    if (kind == "text" && on_text) on_text(over(), text("text"));
    if (kind == "count" && on_count) on_count(text("id"), name_of(text("name")), text("text"));
    if (kind == "remove" && on_remove) on_remove(text("tag"));
    if (kind == "replace" && on_replace) on_replace(text("tag"));
    if (kind == "undo" && on_undo) on_undo(text("what"));
}

void CaptionBoard::want(const std::vector<std::string>& ids) {
    const std::set<std::string> asked(ids.begin(), ids.end());
    std::vector<Thumb> wanted;
    const auto end = std::min(found_.size(), (page_ + 1) * kPageSize);
    for (auto i = page_ * kPageSize; i < end; ++i)
        if (const auto& image = all_.images[found_[i]]; asked.contains(thumb_id(image)))
            wanted.push_back({thumb_id(image), [folder = all_.folder, name = image.name] {
                                  return studio::thumbnail(folder, name);
                              }});
    thumbs_.want(std::move(wanted));
}

}  // namespace lorikeet::widgets
