// `tags`: which tagger, what it says of one image while the threshold is chosen, then of all of them; what would be written is
// shown before it is. A stop keeps what is done.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "settings/tagging.hpp"
#include "studio/found_taggers.hpp"
#include "studio/tag_desk.hpp"
#include "studio/tag_preview.hpp"
#include "widgets/background_task.hpp"
#include "widgets/caption_changes.hpp"
#include "widgets/dataset_work.hpp"
#include "widgets/page.hpp"
#include "widgets/section_form.hpp"
#include "widgets/tag_preview_view.hpp"

namespace lorikeet::widgets {

class TagsPage : public Page {
  public:
    explicit TagsPage(PageContext& context);
    ~TagsPage() override;
    void shown() override { look(Taggers::LookFor); }

    SectionForm& form() { return form_; }
    TagPreviewView& preview() const { return *preview_; }
    CaptionChanges& changes() const { return *changes_; }

  private:
    struct Look;
    struct Running;
    Children fields();
    void restore();
    void changed();

    enum class Taggers { AsKnown, LookFor };  // they are all over the disk
    void look(Taggers taggers);
    void show(const Look& look);
    void show_taggers(const Look& look);
    void choose_tagger();
    void say_where_it_stands();

    void preview_one();
    void show_image();
    void step(std::int64_t by);

    void start();
    void tell_progress();
    void end(const studio::TagRequest& request, const studio::TagPlan& plan);
    void cancel();
    void write();
    void take_back();
    void change(const std::string& doing, DatasetWork::Does does, const std::string& ending);

    settings::Tagging tagging_;
    SectionForm form_;
    Dropdown* taggers_ = nullptr;
    TagPreviewView* preview_ = nullptr;
    CaptionChanges* changes_ = nullptr;
    Button *cancel_ = nullptr, *undo_ = nullptr;
    Progress* bar_ = nullptr;
    Html* going_ = nullptr;

    std::vector<studio::ListedTagger> found_;
    bool look_for_taggers_ = false;  // with the next look that is shown
    std::vector<studio::ListedImage> images_;
    std::size_t at_ = 0;  // of the image that is looked at
    std::string trouble_, said_;
    std::string undo_what_;       // what Undo takes back
    studio::TagRequest request_;  // what is shown was planned for
    std::optional<studio::TagPlan> plan_;
    std::shared_ptr<Running> running_;
    std::unique_ptr<Timer> timer_;
    std::shared_ptr<studio::TagPreviewer> previewer_;
    BackgroundTask look_task_, preview_task_, image_task_, run_task_;
    DatasetWork work_;
};

}  // namespace lorikeet::widgets
