// `captions`: tags by how many images have them, an editor for each caption, and edits of many at once, which are shown
// before they are made. Every change can be taken back.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "studio/caption_editor.hpp"
#include "studio/caption_plan.hpp"
#include "widgets/background_task.hpp"
#include "widgets/caption_board.hpp"
#include "widgets/caption_changes.hpp"
#include "widgets/caption_form.hpp"
#include "widgets/dataset_work.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

class CaptionsPage : public Page {
  public:
    explicit CaptionsPage(PageContext& context);
    void shown() override { look(); }

    CaptionBoard& board() const { return *board_; }
    CaptionChanges& changes() const { return *changes_; }
    CaptionForm& form() { return form_; }

  private:
    struct Look;
    void listen_to_board();
    std::string trigger() const;
    void look();
    void show(Look look);
    void say_where_it_stands();

    void open(const studio::ListedImage& image);
    // `typed`, for the log, should it not be written.
    void save(const TypedOver& over, const std::string& typed, const studio::CaptionWriter::Make& make);
    studio::CaptionShown shown_of(const std::string& image, const std::string& text) const;

    void take_back(const std::string& what);
    void drop_plan();
    void plan();
    void show_plan(const studio::CaptionPlan& plan);
    void make_changes();
    // What a window typed: its id, and the line for the log should it not be written.
    struct Typed {
        std::string id, unwritten;
    };
    void change(const std::string& doing, DatasetWork::Does does, const std::string& ending,
                const Typed& typed = {});
    void reopen();
    void say_idle();
    void end_change(const Typed& typed, bool all_done);

    CaptionForm form_;
    CaptionBoard* board_ = nullptr;
    CaptionChanges* changes_ = nullptr;
    base::Path planned_for_;  // the folder of the plan that is shown
    std::shared_ptr<studio::CaptionWriter> writer_ = std::make_shared<studio::CaptionWriter>();
    std::shared_ptr<const studio::CaptionReader> reader_;
    std::size_t images_ = 0, captioned_ = 0;
    bool looking_ = false;  // at what came of a change: Undo is another one then
    std::string trouble_, said_;
    bool failed_ = false;  // what is said of
    BackgroundTask task_, editor_task_, plan_task_;
    DatasetWork work_;
};

}  // namespace lorikeet::widgets
