#include "base/file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/path.hpp"

namespace lorikeet::base {
namespace {

[[noreturn]] void fail_io(const Path& path, std::string_view doing) {
    const int number = errno;
    const auto sentence = fmt::format("Could not {} {}: {}.", doing, path.string(), std::strerror(number));
    if (number == ENOENT) fail(ErrorCode::NotFound, sentence, hint_for_missing(path.string()));
    if (number == ENOSPC || number == EDQUOT || number == EFBIG)
        fail(ErrorCode::NoSpace, sentence,
             "Free some space on this disk and go on; what was saved before is intact.");
    if (number == EACCES || number == EPERM || number == EROFS) {
        const bool reads = doing == "open" || doing == "read" || doing == "map";
        fail(ErrorCode::InvalidInput, sentence,
             reads ? "See that you may read it." : "Choose a folder that you may write to.");
    }
    if (number == ENOTDIR || number == ENAMETOOLONG || number == ELOOP)
        fail(ErrorCode::InvalidInput, sentence, "Check the path.");
    fail(ErrorCode::Io, sentence);
}

class Descriptor {
  public:
    Descriptor(const Path& path, int flags, std::string_view doing)
        : fd_(::open(path.c_str(), flags | O_CLOEXEC, 0644)) {
        if (fd_ < 0) fail_io(path, doing);
    }
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

  private:
    int fd_;
};

void write_all(int fd, std::span<const std::byte> bytes, const Path& path) {
    while (!bytes.empty()) {
        const auto n = ::write(fd, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail_io(path, "write");
        bytes = bytes.subspan(static_cast<std::size_t>(n));
    }
}

void sync_folder(const Path& folder) {
    const Descriptor fd(folder.empty() ? Path(".") : folder, O_RDONLY | O_DIRECTORY, "open the folder");
    if (::fsync(fd.get()) != 0 && errno != EINVAL) fail_io(folder, "write");
}

enum class Wait { No, ForTheDisk };

void write_beside(const Path& path, const std::function<void(const ByteSink&)>& write, Wait wait) {
    const auto temporary = temporary_of(path, ::getpid());
    try {
        {
            const Descriptor fd(temporary, O_WRONLY | O_CREAT | O_TRUNC, "write");
            write([&](std::span<const std::byte> bytes) { write_all(fd.get(), bytes, path); });
            if (wait == Wait::ForTheDisk && ::fsync(fd.get()) != 0) fail_io(path, "write");
        }
        if (::rename(temporary.c_str(), path.c_str()) != 0) fail_io(path, "write");
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
}

}  // namespace

std::string read_text(const Path& path) {
    const Descriptor fd(path, O_RDONLY, "open");
    std::string text;
    char part[1 << 16];
    for (;;) {
        const auto n = ::read(fd.get(), part, sizeof part);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail_io(path, "read");
        if (n == 0) return text;
        text.append(part, static_cast<std::size_t>(n));
    }
}

Path temporary_of(const Path& path, int pid) {
    Path temporary = path;
    temporary += fmt::format(".{}.tmp", pid);
    return temporary;
}

void write_whole(const Path& path, const std::function<void(const ByteSink&)>& write) {
    write_beside(path, write, Wait::ForTheDisk);
    sync_folder(path.parent_path());
}

void write_unsynced(const Path& path, const std::function<void(const ByteSink&)>& write) {
    write_beside(path, write, Wait::No);
}

void write_whole(const Path& path, std::string_view bytes) {
    write_whole(path,
                [&](const ByteSink& sink) { sink(std::as_bytes(std::span(bytes.data(), bytes.size()))); });
}

MappedFile::MappedFile(const Path& path) : path_(path) {
    const Descriptor fd(path, O_RDONLY | O_NONBLOCK, "open");  // a pipe without a writer is not waited for
    struct stat facts {};
    if (::fstat(fd.get(), &facts) != 0) fail_io(path, "read");
    if (!S_ISREG(facts.st_mode))
        fail(ErrorCode::InvalidInput,
             fmt::format("{} is {}, not a file.", path.string(),
                         S_ISDIR(facts.st_mode) ? "a folder" : "a pipe or a device"));
    size_ = static_cast<std::size_t>(facts.st_size);
    if (size_ == 0) return;
    void* memory = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd.get(), 0);
    if (memory == MAP_FAILED) fail_io(path, "map");
    data_ = static_cast<const std::byte*>(memory);
}

MappedFile::~MappedFile() {
    if (data_) ::munmap(const_cast<std::byte*>(data_), size_);
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : path_(std::move(other.path_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    return *this;
}

void MappedFile::forget_pages() const {
    if (data_) ::madvise(const_cast<std::byte*>(data_), size_, MADV_DONTNEED);
}

namespace {

// Its name was taken away while it was opened: others lock another file of that name by now.
bool is_nameless(int fd) {
    struct stat facts {};
    return ::fstat(fd, &facts) == 0 && facts.st_nlink == 0;
}

}  // namespace

std::optional<FileLock> FileLock::try_take(const Path& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) fail_io(path, "lock");
    // Whoever peeks holds it for microseconds; only one that is still held after a while is held.
    constexpr int kTries = 10;
    for (int tries = 1; ::flock(fd, LOCK_EX | LOCK_NB) != 0; ++tries) {
        if (tries < kTries && ::usleep(2000) == 0) continue;
        ::close(fd);
        return std::nullopt;
    }
    FileLock lock(fd);
    if (is_nameless(fd)) return try_take(path);
    const auto pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(fd, 0) != 0) fail_io(path, "lock");
    write_all(fd, std::as_bytes(std::span(pid.data(), pid.size())), path);
    return lock;
}

std::optional<FileLock> FileLock::try_share(const Path& path) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) fail_io(path, "lock");
    if (::flock(fd, LOCK_SH | LOCK_NB) != 0) {
        ::close(fd);
        return std::nullopt;
    }
    FileLock lock(fd);
    if (is_nameless(fd)) return try_share(path);
    return lock;
}

namespace {

bool would_lock(const Path& path, int how) {
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    if (fd < 0) return true;
    const bool free = ::flock(fd, how | LOCK_NB) == 0;
    ::close(fd);
    return free;
}

}  // namespace

bool FileLock::try_peek(const Path& path) {
    return would_lock(path, LOCK_SH);  // shared: those who look do not see each other
}
bool FileLock::try_peek_alone(const Path& path) { return would_lock(path, LOCK_EX); }

FileLock::~FileLock() {
    if (descriptor_ >= 0) ::close(descriptor_);
}
FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
FileLock& FileLock::operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

struct Sha256::State {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    State() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
    ~State() { EVP_MD_CTX_free(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {}
Sha256::~Sha256() = default;
void Sha256::add(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}
void Sha256::add(std::string_view text) { add(std::as_bytes(std::span(text.data(), text.size()))); }
std::string Sha256::hex() {
    unsigned char digest[32];
    EVP_DigestFinal_ex(state_->context, digest, nullptr);
    std::string text;
    for (const auto byte : digest) text += fmt::format("{:02x}", byte);
    return text;
}

std::string sha256(std::span<const std::byte> bytes) {
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}
std::string sha256(std::string_view text) {
    return sha256(std::as_bytes(std::span(text.data(), text.size())));
}
std::string sha256_file(const Path& path) {
    // Read, not mapped: mapped pages would count as this process's memory.
    const Descriptor fd(path, O_RDONLY, "open");
    std::vector<std::byte> part(1 << 20);
    Sha256 hash;
    for (;;) {
        const auto n = ::read(fd.get(), part.data(), part.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail_io(path, "read");
        if (n == 0) return hash.hex();
        hash.add(std::span(part).first(static_cast<std::size_t>(n)));
    }
}

std::uint64_t free_bytes(const Path& path) {
    std::error_code no;
    Path place = std::filesystem::absolute(path, no);
    while (!std::filesystem::exists(place, no) && place.has_relative_path()) place = place.parent_path();
    struct statvfs facts {};
    if (::statvfs(place.c_str(), &facts) != 0) fail_io(place, "look at the disk of");
    return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

}  // namespace lorikeet::base
