#include "widgets/project_cards.hpp"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/printable.hpp"
#include "studio/thumbnail.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

json cards_state() {
    auto state = anywidget_state("lorikeet.projects",
                                 fmt::format("{}\n{}", web_file("parts.js"), web_file("projects.js")),
                                 web_file("projects.css"));
    state.update({{"cards", json::array()},
                  {"undo", ""},
                  {"trash", ""},
                  {"restore", ""},
                  {"trouble", ""},
                  {"busy", false},
                  {"ask", nullptr}});
    return state;
}

// Names of files need not be UTF-8.
std::string short_id(const std::string& text) { return base::sha256(text).substr(0, 20); }

std::string id_of_image(const base::Path& dataset, const std::string& name) {
    std::error_code trouble;
    const auto changed = std::filesystem::last_write_time(dataset / name, trouble);
    return short_id(fmt::format("{}|{}|{}", dataset.string(), name, changed.time_since_epoch().count()));
}

}  // namespace

ProjectCards::ProjectCards(SharedStyles& styles)
    : Control(styles, "Any", {{}, {}, {"lk-projects"}}, cards_state()),
      thumbs_(styles.registry().loop(), [this](const json& content, const std::vector<std::string>& images) {
          send(content, images);
      }) {}

void ProjectCards::show(std::vector<ProjectCard> cards) {
    projects_.clear();
    thumb_of_id_.clear();
    auto list = json::array();
    for (auto& card : cards) {
        const auto id = short_id(card.project.folder.filename().string());
        auto images = json::array();
        for (const auto& name : card.progress.first_images) {
            const auto image = id_of_image(card.progress.dataset, name);
            thumb_of_id_[image] = {card.progress.dataset, name};
            images.push_back(image);
        }
        list.push_back({{"id", id},
                        {"name", base::printable(card.project.name)},
                        {"folder", base::printable(card.project.folder.string())},
                        {"open", card.project.is_open},
                        {"facts", studio::words_for(card.progress)},
                        {"used", card.progress.used},
                        {"images", std::move(images)}});
        projects_.emplace(id, std::move(card.project));
    }
    set({{"cards", std::move(list)}});
}

void ProjectCards::say_undo(const std::string& what) { set({{"undo", base::printable(what)}}); }
void ProjectCards::say_trash(const std::string& what) { set({{"trash", what}}); }
void ProjectCards::say_restore(const std::string& name) { set({{"restore", base::printable(name)}}); }
void ProjectCards::say_trouble(const std::string& what) { set({{"trouble", base::printable(what)}}); }
void ProjectCards::say_busy(bool busy) { set({{"busy", busy}}); }
void ProjectCards::say_made() { send({{"kind", "made"}}); }

void ProjectCards::ask(const base::Path& folder, const std::string& words, const std::string& yes,
                       std::function<void()> does) {
    asked_ = std::move(does);
    set({{"ask",
          {{"id", folder.empty() ? std::string() : short_id(folder.filename().string())},
           {"words", base::printable(words)},
           {"yes", yes}}}});
}

void ProjectCards::take_message(const json& content, const std::vector<std::string>& /*buffers*/) {
    try {
        take(content.at("kind").get<std::string>(), content);
    } catch (const json::exception&) {  // no window of ours
    }
}

void ProjectCards::take(const std::string& kind, const json& content) {
    const auto project = [&]() -> const studio::Project* {
        const auto found = projects_.find(content.at("id").get<std::string>());
        return found == projects_.end() ? nullptr : &found->second;
    };
    if (kind == "want") return want(content.at("ids").get<std::vector<std::string>>());
    // Whatever else is done, a question that is open is answered by it: no.
    const auto does = std::exchange(asked_, nullptr);
    set({{"ask", nullptr}, {"trouble", ""}});
    if (kind == "yes" && does) return does();
    if (kind == "create" && on_create) return on_create(content.at("name").get<std::string>());
    if (kind == "close" && on_close) return on_close();
    if (kind == "undo" && on_undo) return on_undo();
    if (kind == "ask_empty" && on_ask_empty) return on_ask_empty();
    if (kind == "restore" && on_restore) return on_restore();
    if (kind != "open" && kind != "rename" && kind != "ask_delete") return;
    const auto* of = project();
    if (of == nullptr) return;
    const auto chosen = *of;  // the list may go while it is worked on
    if (kind == "open" && on_open) on_open(chosen);
    if (kind == "ask_delete" && on_ask_delete) on_ask_delete(chosen);
    if (kind == "rename" && on_rename) on_rename(chosen, content.at("name").get<std::string>());
}

void ProjectCards::want(const std::vector<std::string>& ids) {
    std::vector<Thumb> wanted;
    for (const auto& id : ids)
        if (const auto found = thumb_of_id_.find(id); found != thumb_of_id_.end())
            wanted.push_back({id, [folder = found->second.first, name = found->second.second] {
                                  return studio::thumbnail(folder, name);
                              }});
    thumbs_.want(std::move(wanted));
}

}  // namespace lorikeet::widgets
