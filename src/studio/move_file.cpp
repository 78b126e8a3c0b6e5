#include "studio/move_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail_to_move(const base::Path& from, const base::Path& to, int number) {
    const auto code = number == ENOENT   ? base::ErrorCode::NotFound
                      : number == ENOSPC ? base::ErrorCode::NoSpace
                                         : base::ErrorCode::Io;
    base::fail(
        code,
        fmt::format("{} could not be moved to {}: {}.", from.string(), to.string(), std::strerror(number)),
        "See that you may write to both folders.");
}

}  // namespace

bool try_move(const base::Path& from, const base::Path& to) {
    std::error_code trouble;
    fs::create_directories(to.parent_path(), trouble);
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno == EEXIST) return false;
    if (errno != EINVAL && errno != ENOSYS) fail_to_move(from, to, errno);
    // A disk of another system, that knows no such rename: looked at first, then moved.
    if (fs::exists(fs::symlink_status(to, trouble))) return false;
    if (::rename(from.c_str(), to.c_str()) != 0) fail_to_move(from, to, errno);
    return true;
}

}  // namespace lorikeet::studio
