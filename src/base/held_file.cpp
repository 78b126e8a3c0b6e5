#include "base/held_file.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"

namespace lorikeet::base {

HeldFile::Facts HeldFile::facts_of(int descriptor) {
    struct stat facts {};
    if (::fstat(descriptor, &facts) != 0) return {};
    return {facts.st_dev, facts.st_ino, static_cast<std::uint64_t>(facts.st_size), facts.st_mtim.tv_sec,
            facts.st_mtim.tv_nsec};
}

HeldFile::HeldFile(const Path& path) : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) {
        const int number = errno;
        fail(number == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
             fmt::format("Could not open {}: {}.", path.string(), std::strerror(number)),
             number == ENOENT ? "Check the path." : "See that you may read it.");
    }
    facts_ = facts_of(descriptor_);
}

HeldFile::~HeldFile() { ::close(descriptor_); }

bool HeldFile::is_unchanged() const { return facts_of(descriptor_) == facts_; }

Path HeldFile::readable() const {
    if (!is_unchanged())
        fail(ErrorCode::Conflict, fmt::format("{} was written over while it was in use.", path_.string()),
             "Put the file back as it was.");
    struct stat now {};
    const bool there = ::stat(path_.c_str(), &now) == 0 && now.st_dev == facts_.device &&
                       now.st_ino == facts_.inode;
    return there ? path_ : Path(fmt::format("/proc/self/fd/{}", descriptor_));
}

std::size_t HeldFile::read(std::uint64_t offset, std::span<std::byte> into) const {
    for (;;) {
        const auto n = ::pread(descriptor_, into.data(), into.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            fail(ErrorCode::Io, fmt::format("Could not read {}: {}.", path_.string(), std::strerror(errno)),
                 "See that the disk is there.");
        return static_cast<std::size_t>(n);
    }
}

}  // namespace lorikeet::base
