// The pages of a notebook in a folder of its own, with nothing of the person's in it.
#pragma once

#include <cstdlib>

#include "widgets/page.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

class TestPageContext : public Room {
  public:
    TestPageContext() {
        ::setenv("XDG_CONFIG_HOME", (folder.path() / "config").c_str(), 1);
        ::setenv("XDG_CACHE_HOME", (folder.path() / "cache").c_str(), 1);
        ::unsetenv("LORIKEET_PACE_FILE");
        context = std::make_unique<PageContext>(registry, folder.path());
    }
    // The same folder after a restart of the kernel.
    void restart() {
        context.reset();
        context = std::make_unique<PageContext>(registry, folder.path());
    }

    support::TempFolder folder;
    std::unique_ptr<PageContext> context;
};

}  // namespace lorikeet::widgets
