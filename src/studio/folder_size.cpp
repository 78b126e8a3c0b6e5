#include "studio/folder_size.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

std::uint64_t bytes_below(const base::Path& folder) {
    std::uint64_t bytes = 0;
    std::error_code trouble, ignored;
    for (auto at =
             fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, trouble);
         !trouble && at != fs::recursive_directory_iterator(); at.increment(trouble))
        if (at->is_regular_file(ignored) && !at->is_symlink(ignored)) bytes += at->file_size(ignored);
    return bytes;
}

}  // namespace lorikeet::studio
