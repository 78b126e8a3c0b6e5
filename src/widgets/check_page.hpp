// `check`: the dataset report as a page: what is worth a look with the images that it is about, what is fine folded away, and
// what the trainer will see.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "studio/dataset_check.hpp"
#include "widgets/background_task.hpp"
#include "widgets/dataset_work.hpp"
#include "widgets/findings.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

class CheckPage : public Page {
  public:
    explicit CheckPage(PageContext& context);
    void shown() override { check(); }
    void came() override;

  private:
    struct Found;
    struct Seen;
    struct Asked;
    struct Taken;
    void check();
    void show(const Found& found);
    void end_progress();
    Asked asked() const;
    static Taken take(const Asked& asked);
    void say_what_is_there();
    void use_for_training();
    void change(const std::string& doing, DatasetWork::Does does, const std::string& ending);
    void trash(const studio::CheckFinding& finding);
    void take_back();
    void write_report();

    Box* rows_ = nullptr;
    Findings* findings_ = nullptr;
    Button* undo_ = nullptr;
    Button* report_ = nullptr;
    Progress* progress_ = nullptr;
    Fold* fine_ = nullptr;
    Button* use_ = nullptr;
    std::vector<studio::CheckedFolder> folders_;
    studio::DatasetCheck check_;
    bool stale_ = false;  // the images have changed since
    std::string said_;    // what was moved or taken back last
    std::unique_ptr<Timer> timer_;
    BackgroundTask task_, report_task_;
    DatasetWork work_;
};

}  // namespace lorikeet::widgets
