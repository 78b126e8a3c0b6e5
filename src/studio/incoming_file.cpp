#include "studio/incoming_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "studio/move_file.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

[[noreturn]] void fail_to_receive(const base::Path& place, int number) {
    const auto code = number == ENOSPC || number == EDQUOT ? base::ErrorCode::NoSpace : base::ErrorCode::Io;
    base::fail(code, fmt::format("{} could not be written: {}.", place.string(), std::strerror(number)),
               code == base::ErrorCode::NoSpace ? "Free some space on this disk, then drop it again."
                                                : "See that you may write to this folder.");
}

}  // namespace

IncomingFile::IncomingFile(const base::Path& place, std::uint64_t bytes)
    : place_(place),
      part_(place.parent_path() / fmt::format(".{}.{}.part", place.filename().string(), bytes)),
      bytes_(bytes) {
    std::error_code trouble;
    fs::create_directories(place.parent_path(), trouble);
    if (trouble) fail_to_receive(place.parent_path(), trouble.value());
    open();
    hash_what_is_there();
}

IncomingFile::~IncomingFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

void IncomingFile::open() {
    descriptor_ = ::open(part_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (descriptor_ < 0) fail_to_receive(part_, errno);
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        ::close(std::exchange(descriptor_, -1));
        base::fail(base::ErrorCode::Conflict,
                   fmt::format("{} is on its way from another window.", place_.filename().string()),
                   "Wait for it, or close that one.");
    }
}

void IncomingFile::hash_what_is_there() {
    hash_ = std::make_unique<base::Sha256>();
    base::Sha256 now;
    std::vector<char> piece(1 << 20);
    there_ = 0;
    while (there_ < bytes_) {
        const auto wanted = std::min<std::uint64_t>(piece.size(), bytes_ - there_);
        const auto got = ::pread(descriptor_, piece.data(), wanted, static_cast<off_t>(there_));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) fail_to_receive(part_, errno);
        if (got == 0) break;
        const std::string_view text(piece.data(), static_cast<std::size_t>(got));
        hash_->add(text);
        now.add(text);
        there_ += text.size();
    }
    found_ = now.hex();
}

void IncomingFile::begin_again() {
    if (::ftruncate(descriptor_, 0) != 0) fail_to_receive(part_, errno);
    hash_ = std::make_unique<base::Sha256>();
    there_ = 0;
}

void IncomingFile::add(std::uint64_t offset, std::string_view piece) {
    if (offset != there_ || piece.size() > bytes_ - there_) return;
    for (auto rest = piece; !rest.empty();) {
        const auto at = static_cast<off_t>(there_ + piece.size() - rest.size());
        const auto wrote = ::pwrite(descriptor_, rest.data(), rest.size(), at);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) fail_to_receive(part_, errno);
        rest.remove_prefix(static_cast<std::size_t>(wrote));
    }
    hash_->add(piece);
    there_ += piece.size();
}

void IncomingFile::finish(std::string_view sha256) {
    const bool whole = there_ == bytes_;
    if (!whole || hash_->hex() != sha256) {
        begin_again();
        base::fail(base::ErrorCode::Corrupt,
                   fmt::format("{} did not arrive as it was sent.", place_.filename().string()),
                   "Drop it again.");
    }
    if (::ftruncate(descriptor_, static_cast<off_t>(bytes_)) != 0 || ::fsync(descriptor_) != 0)
        fail_to_receive(part_, errno);
    if (!try_move(part_, place_))
        base::fail(base::ErrorCode::Conflict,
                   fmt::format("Another {} came meanwhile.", place_.filename().string()), "Drop it again.");
    ::close(std::exchange(descriptor_, -1));
}

void IncomingFile::drop() {
    if (descriptor_ < 0) return;
    ::unlink(part_.c_str());
    ::close(std::exchange(descriptor_, -1));
}

}  // namespace lorikeet::studio
