// `captions`: tags by how many images have them, an editor for each caption, and edits of many at once, which are shown
// before they are made. Every change can be taken back.
#pragma once

#include <functional>
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
#include "widgets/page.hpp"
#include "widgets/work_queue.hpp"

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
    using MakeChange = std::function<std::optional<studio::DatasetChange>(const studio::EditedCaption&)>;
    void listen_to_board();
    std::string trigger() const;
    void look();
    void show(const Look& look);
    void say_where_it_stands();

    void open(const studio::ListedImage& image);
    // `typed`, for the log, should it not be written.
    void save(const std::string& version, const std::string& typed, const MakeChange& make);
    studio::CaptionShown shown_of(const std::string& image, const std::string& text) const;

    void plan();
    void show_plan(const studio::CaptionPlan& plan);
    void make_changes();
    void change(const std::string& doing, std::function<std::optional<studio::ChangeOutcome>()> does,
                const std::string& ending, const std::string& unwritten = {});
    void reopen();
    void end_change();
    void log_unless_empty(const std::string& line);
    std::string words_for(const studio::ChangeOutcome& outcome, const std::string& ending);

    CaptionForm form_;
    CaptionBoard* board_ = nullptr;
    CaptionChanges* changes_ = nullptr;
    std::optional<studio::EditedCaption> edited_;
    std::shared_ptr<const studio::CaptionReader> reader_;
    std::size_t images_ = 0, captioned_ = 0;
    std::string trouble_, said_;
    BackgroundTask task_, editor_task_, plan_task_;
    WorkQueue work_;
};

}  // namespace lorikeet::widgets
