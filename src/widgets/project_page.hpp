// `project`: the projects as cards, to make, open, rename and delete one; and where the images of the open one lie.
//
// Another project that is opened gets pages of its own, in both notebooks: see Pages.
#pragma once

#include <functional>
#include <string>

#include "widgets/background_task.hpp"
#include "widgets/page.hpp"
#include "widgets/project_cards.hpp"
#include "widgets/work_queue.hpp"

namespace lorikeet::widgets {

class ProjectPage : public Page {
  public:
    explicit ProjectPage(PageContext& context);
    void shown() override { look(); }

    ProjectCards& cards() const { return *cards_; }

  private:
    struct Look;
    struct Outcome {
        std::string said;  // "my-bird is open."
        std::string undo;  // what can be taken back; empty: nothing new
        std::function<void(studio::Projects&)> take_back;
        bool made = false;
    };
    void typed();
    void look();
    void show(const Look& look);
    void say_where_it_stands(const Look& look);
    bool may_leave();
    void change(std::function<Outcome(studio::Projects&)> does);
    void create(const std::string& name);
    void open(const studio::Project& project);
    void close();
    void rename(const studio::Project& project, const std::string& name);
    void ask_delete(const studio::Project& project);
    void delete_now(const studio::Project& project);
    void ask_empty();
    void restore();
    void undo();

    ProjectCards* cards_ = nullptr;
    Box* field_ = nullptr;
    Text* folder_ = nullptr;
    Html* note_ = nullptr;
    BackgroundTask task_, size_task_;
    WorkQueue changes_;
};

}  // namespace lorikeet::widgets
