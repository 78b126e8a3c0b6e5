// Archives of strangers, read once from front to end: ZIP, 7z, and TAR plain or packed with gzip, bzip2, xz or zstd. This
// room is the only one that knows libarchive.
//
// Nothing is written here and no name is trusted: a name may climb out of its folder, be absolute, or be in any encoding.
// What is read is counted as it really comes, whatever the archive declares.
//
// Throws   Error{NotFound}, Error{Io};
//          Error{Unsupported} for what is no archive, a kind that is not read, an encrypted one, and one that unpacks to
//          more than the limits;
//          Error{Corrupt} for one that is damaged or cut off.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/cancel.hpp"
#include "base/file.hpp"

namespace lorikeet::io {

// What is read, as a sentence names it.
constexpr std::string_view kArchiveNames = "ZIP, 7z and TAR (also as .tar.gz, .tar.bz2, .tar.xz, .tar.zst)";

struct ArchiveLimits {
    std::uint64_t most_bytes = 100'000'000'000;     // of all that is in it, unpacked
    std::uint64_t most_file_bytes = 1'000'000'000;  // of one file; a larger one can be passed over
    std::uint64_t most_entries = 200'000;
    std::uint64_t most_ratio = 200;          // unpacked bytes for each byte of the archive,
    std::uint64_t free_bytes = 100'000'000;  // asked only behind so many: a few flat drawings are no bomb
};

enum class EntryKind { File, Folder, Link, Other };  // Other: devices, pipes, sockets

struct ArchiveEntry {
    std::string name;  // the bytes of the archive; of any encoding where they are not UTF-8
    EntryKind kind = EntryKind::File;
    std::optional<std::uint64_t> bytes;  // as declared
};

// By its first bytes: also for kinds that are known and not read, such as RAR, so that they are spoken of.
bool is_archive(const base::Path& path);

class ArchiveReader {
  public:
    // `cancel` is looked at between two pieces of work and must outlive this.
    ArchiveReader(const base::Path& path, const ArchiveLimits& limits, const base::Cancel& cancel);
    ~ArchiveReader();
    ArchiveReader(const ArchiveReader&) = delete;
    ArchiveReader& operator=(const ArchiveReader&) = delete;

    // The next entry; nothing at the end. What was not read of the one before is passed over, and counted where it has to
    // be unpacked for that.
    std::optional<ArchiveEntry> next();
    // More of the entry's bytes, valid until the next call; none at its end.
    // Throws Error{Corrupt} for an entry that is damaged; next() then goes on with the others, or throws the same.
    std::span<const std::byte> read();

    // A plain TAR that ended without the blocks of zeros behind its last entry: cut off between two, it looks like a whole one
    // (those that are packed, and the other kinds, tell their end otherwise). To be asked when next() gave nothing.
    bool may_be_cut_off() const;

    std::uint64_t bytes_done() const;  // of the archive's own
    std::uint64_t bytes_in_all() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace lorikeet::io
