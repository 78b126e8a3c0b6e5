// `setup`: what can be said of this machine. What is fine is folded away; of anything else cause and remedy are shown, with a
// button for what we can do about it ourselves. It is the page at the top of the notebook, so a training that goes on is
// named here.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "studio/doctor.hpp"
#include "widgets/background_task.hpp"
#include "widgets/living_line.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

class SetupPage : public Page {
  public:
    explicit SetupPage(PageContext& context);
    void shown() override;
    const LivingLine& living() const { return living_; }

    // Tests put another machine in its place.
    std::function<std::vector<studio::DoctorRow>()> examine;
    std::function<void(const std::string& id)> fix;
    void look();

  private:
    enum class Aloud { Yes, No };  // No: the status line stays
    void look_again(Aloud aloud);
    void show(const std::vector<studio::DoctorRow>& rows, Aloud aloud);
    void say_result(const std::vector<studio::DoctorRow>& rows);
    void do_it(const studio::DoctorRow& row);

    LivingLine living_;
    Box* rows_ = nullptr;
    Fold* fine_ = nullptr;  // the rows in which nothing has to be done
    Button* again_ = nullptr;
    std::string fixed_;  // the row that a button just fixed
    BackgroundTask task_;
};

}  // namespace lorikeet::widgets
