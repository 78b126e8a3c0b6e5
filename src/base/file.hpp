// Files: read whole, written whole or not at all, mapped, locked, hashed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace lorikeet::base {

using Path = std::filesystem::path;

// Throws Error{NotFound} or Error{Io}.
std::string read_text(const Path& path);

// The old content stays until the new one is wholly on the disk: a temporary file beside it, fsync, rename,
// fsync of the folder.  Throws Error{NoSpace} or Error{Io}; what was there before is untouched then.
void write_whole(const Path& path, std::string_view bytes);

// The same for what is too large to hold: `write` is given a sink for bytes and may call it many times.
using ByteSink = std::function<void(std::span<const std::byte>)>;
void write_whole(const Path& path, const std::function<void(const ByteSink&)>& write);

// The same without waiting for the disk: whole or not at all for every process that looks, and when this one is killed; a
// power cut may leave a part of it. For files that tell whether they are whole, and can be made again.
void write_unsynced(const Path& path, const std::function<void(const ByteSink&)>& write);
// The name of the temporary file beside `path` while a process writes it.
Path temporary_of(const Path& path, int pid);

// A file seen as memory, read only. Moves, does not copy.
// Throws Error{NotFound}, Error{Io}.
class MappedFile {
  public:
    explicit MappedFile(const Path& path);
    ~MappedFile();
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    std::span<const std::byte> bytes() const { return {data_, size_}; }
    const Path& path() const { return path_; }
    // Tells the system that the pages read so far need not stay in memory.
    void forget_pages() const;

  private:
    Path path_;
    const std::byte* data_ = nullptr;
    std::size_t size_ = 0;
};

// Held by one process at a time and let go when that process ends, however it ends. The file holds its pid.
class FileLock {
  public:
    // Nothing when another living process holds it.
    static std::optional<FileLock> try_take(const Path& path);
    // Held by any number of processes at a time, and by none while try_take holds it. Nothing when that is so.
    static std::optional<FileLock> try_share(const Path& path);
    // Whether try_take would succeed now; takes nothing and writes nothing.
    static bool try_peek(const Path& path);
    // The same where others may share it: whether nobody does.
    static bool try_peek_alone(const Path& path);
    ~FileLock();
    FileLock(FileLock&& other) noexcept;
    FileLock& operator=(FileLock&& other) noexcept;

  private:
    explicit FileLock(int descriptor) : descriptor_(descriptor) {}
    int descriptor_ = -1;
};

// SHA-256, 64 lower-case hexadecimal digits.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    void add(std::span<const std::byte> bytes);
    void add(std::string_view text);
    std::string hex();  // ends it

  private:
    struct State;
    std::unique_ptr<State> state_;
};
std::string sha256(std::string_view text);
std::string sha256(std::span<const std::byte> bytes);
std::string sha256_file(const Path& path);

// Bytes free for this user on the disk that holds `path` (or its nearest folder that exists).
std::uint64_t free_bytes(const Path& path);

}  // namespace lorikeet::base
