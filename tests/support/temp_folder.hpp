// A folder that is gone when the test is.
#pragma once

#include <cstdlib>
#include <stdexcept>
#include <string>

#include "base/file.hpp"

namespace lorikeet::support {

class TempFolder {
  public:
    TempFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "lorikeet-test-XXXXXX").string();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    const base::Path& path() const { return path_; }

  private:
    base::Path path_;
};

}  // namespace lorikeet::support
