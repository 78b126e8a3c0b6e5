#include "studio/writable.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lorikeet::studio {

namespace fs = std::filesystem;

std::string trouble_writing_in(const base::Path& folder) {
    std::error_code trouble;
    auto place = fs::absolute(folder, trouble);
    for (;; place = place.parent_path()) {
        struct stat facts {};
        if (::stat(place.c_str(), &facts) == 0) {
            if (!S_ISDIR(facts.st_mode))
                return fmt::format("{} is a file, and a folder is wanted there.", place.string());
            break;
        }
        const int number = errno;
        const bool goes_on = number == ENOENT || number == ENOTDIR;  // a file further up is found there
        if (!goes_on)
            return fmt::format("The folder {} cannot be made: {}.", folder.string(), std::strerror(number));
        if (!place.has_relative_path()) break;
    }
    if (::faccessat(AT_FDCWD, place.c_str(), W_OK | X_OK, AT_EACCESS) == 0) return {};
    return fmt::format("Files cannot be written in {}: {}.", place.string(), std::strerror(errno));
}

}  // namespace lorikeet::studio
