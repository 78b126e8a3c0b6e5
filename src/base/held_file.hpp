// A file that is needed again later: held open, so that it can still be read when its name is gone.
//
// Renamed, moved or removed, it is read through the system's own name for what is open. Written over in place it is no
// longer what it was, and that is told instead of read.
// Throws   Error{NotFound}, Error{Io} when it cannot be opened.
#pragma once

#include <cstdint>

#include "base/file.hpp"

namespace lorikeet::base {

class HeldFile {
  public:
    explicit HeldFile(const Path& path);
    ~HeldFile();
    HeldFile(const HeldFile&) = delete;
    HeldFile& operator=(const HeldFile&) = delete;

    const Path& path() const { return path_; }  // as it was given
    // Where it can be opened now. Throws Error{Conflict} when its content has changed since.
    Path readable() const;
    bool is_unchanged() const;
    // Reads from `offset` on; the number of bytes, 0 at the end. Throws Error{Io}.
    std::size_t read(std::uint64_t offset, std::span<std::byte> into) const;

  private:
    struct Facts {
        std::uint64_t device = 0, inode = 0, size = 0;
        std::int64_t changed_s = 0, changed_ns = 0;
        bool operator==(const Facts&) const = default;
    };
    static Facts facts_of(int descriptor);

    Path path_;
    int descriptor_ = -1;
    Facts facts_;
};

}  // namespace lorikeet::base
