// A working folder for as long as this lives, for what looks at relative paths.
#pragma once

#include "base/file.hpp"

namespace lorikeet::support {

class WorkingFolder {
  public:
    explicit WorkingFolder(const base::Path& folder) : before_(std::filesystem::current_path()) {
        std::filesystem::current_path(folder);
    }
    ~WorkingFolder() {
        std::error_code ignored;
        std::filesystem::current_path(before_, ignored);
    }
    WorkingFolder(const WorkingFolder&) = delete;
    WorkingFolder& operator=(const WorkingFolder&) = delete;

  private:
    base::Path before_;
};

}  // namespace lorikeet::support
