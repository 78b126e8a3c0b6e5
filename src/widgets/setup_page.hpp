// `setup`: what can be said of this machine, a row for each thing; where something is amiss its cause, its remedy, and a
// button for what we can do about it ourselves.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "studio/doctor.hpp"
#include "widgets/errand.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

class SetupPage : public Page {
  public:
    explicit SetupPage(House& house);
    void shown() override { look(); }

    // Tests put another machine in its place.
    std::function<std::vector<studio::DoctorRow>()> examine;
    std::function<void(const std::string& id)> mend;
    void look();

  private:
    void show(const std::vector<studio::DoctorRow>& rows);
    void do_it(const studio::DoctorRow& row);

    Box* rows_ = nullptr;
    Errand errand_;
};

}  // namespace lorikeet::widgets
