// Projects as cards: an anywidget part of our own (web/projects.js). It shows what it is given and says what is asked for; the
// page does it.
//
// From a window: {kind: "create", name}, {kind: "open", id}, {kind: "close"}, {kind: "rename", id, name}, {kind: "ask_delete", id},
// {kind: "ask_empty"}, {kind: "yes"}, {kind: "keep"}, {kind: "undo"}, {kind: "want", ids}; to it: {kind: "made"} and thumbs.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "studio/project.hpp"
#include "studio/project_progress.hpp"
#include "widgets/controls.hpp"
#include "widgets/thumbs.hpp"

namespace lorikeet::widgets {

struct ProjectCard {
    studio::Project project;
    studio::ProjectProgress progress;
};

class ProjectCards : public Control {
  public:
    explicit ProjectCards(SharedStyles& styles);

    void show(std::vector<ProjectCard> cards);
    void say_undo(const std::string& what);     // empty: nothing can be taken back
    void say_trash(const std::string& what);    // "In the trash: 2 projects, 12 MB"; empty: it is
    void say_restore(const std::string& name);  // the one that was deleted last; empty: none
    void say_trouble(
        const std::string& what);  // beside the field of a new name, until something else is asked for
    void say_busy(bool busy);
    void say_made();  // the name field is free again
    // A question with the safe answer in the focus, in the card of this project, or below all where `folder` is empty.
    void ask(const base::Path& folder, const std::string& words, const std::string& yes,
             std::function<void()> does);

    std::function<void(const std::string& name)> on_create;
    std::function<void(const studio::Project&)> on_open, on_ask_delete;
    std::function<void(const studio::Project&, const std::string& name)> on_rename;
    std::function<void()> on_close, on_undo, on_ask_empty, on_restore;

    void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers) override;

  private:
    void take(const std::string& kind, const nlohmann::json& content);
    void want(const std::vector<std::string>& ids);

    std::map<std::string, studio::Project> projects_;  // by id
    std::map<std::string, std::pair<base::Path, std::string>>
        thumb_of_id_;  // the dataset's folder, the image's name
    std::function<void()> asked_;
    Thumbs thumbs_;
};

}  // namespace lorikeet::widgets
