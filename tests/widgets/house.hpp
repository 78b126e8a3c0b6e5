// A house of pages in a folder of its own, with nothing of the person's in it.
#pragma once

#include <cstdlib>

#include "widgets/page.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

class TestHouse : public Room {
  public:
    TestHouse() {
        ::setenv("XDG_CONFIG_HOME", (folder.path() / "config").c_str(), 1);
        ::setenv("XDG_CACHE_HOME", (folder.path() / "cache").c_str(), 1);
        ::unsetenv("LORIKEET_PACE_FILE");
        house = std::make_unique<House>(stage, folder.path());
    }
    // The same folder after a restart of the kernel.
    void restart() {
        house.reset();
        house = std::make_unique<House>(stage, folder.path());
    }

    support::TempFolder folder;
    std::unique_ptr<House> house;
};

}  // namespace lorikeet::widgets
