#include "studio/text_files.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/workers.hpp"

namespace lorikeet::studio {

namespace {

// Names that nothing else has: they begin with a dot and end with this process.
constexpr std::string_view kWaitingBegin = ".lorikeet-text-", kWaitingEnd = ".tmp";

base::Path waiting_name(const base::Path& file) {
    static std::atomic<std::uint64_t> made = 0;
    return file.parent_path() / fmt::format("{}{}-{}{}", kWaitingBegin, ::getpid(), ++made, kWaitingEnd);
}

[[noreturn]] void fail_disk(const base::Path& file, int number) {
    const bool full = number == ENOSPC || number == EDQUOT || number == EFBIG;
    base::fail(full ? base::ErrorCode::NoSpace : base::ErrorCode::Io,
               fmt::format("Files in {} could not be written: {}.", file.parent_path().string(),
                           full ? "the disk is full" : std::strerror(number)),
               full ? "Make room and try again." : "See to the disk and try again.");
}

// Empty, or the reason.
std::string write_waiting(const base::Path& file, const std::string& text) {
    const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0 && errno != ENOSPC) return std::strerror(errno);
    std::size_t done = 0;
    int trouble = descriptor < 0 ? errno : 0;
    while (done < text.size() && trouble == 0) {
        const auto wrote = ::write(descriptor, text.data() + done, text.size() - done);
        if (wrote > 0) done += static_cast<std::size_t>(wrote);
        if (wrote <= 0 && errno != EINTR) trouble = errno == 0 ? EIO : errno;
    }
    if (descriptor >= 0 && ::close(descriptor) != 0 && trouble == 0) trouble = errno;
    if (trouble == ENOSPC || trouble == EDQUOT || trouble == EFBIG) fail_disk(file, trouble);
    return trouble == 0 ? std::string() : std::strerror(trouble);
}

// Each disk that one of the files lies on, once. Returns the first file whose disk failed, and how.
std::optional<std::pair<base::Path, int>> sync_disks_of(std::span<const TextFile> files) {
    std::set<base::Path> folders;
    std::set<dev_t> disks;
    for (const auto& one : files) {
        if (!folders.insert(one.file.parent_path()).second) continue;
        const int folder = ::open(one.file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (folder < 0) continue;
        struct stat facts {};
        const bool is_new = ::fstat(folder, &facts) == 0 && disks.insert(facts.st_dev).second;
        const int failed = is_new && ::syncfs(folder) != 0 ? errno : 0;
        ::close(folder);
        if (failed != 0) return std::pair(one.file, failed);
    }
    return std::nullopt;
}

void copy_rights(const base::Path& from, const base::Path& to) {
    std::error_code trouble;
    const auto rights = std::filesystem::status(from, trouble).permissions();
    if (!trouble && rights != std::filesystem::perms::unknown)
        std::filesystem::permissions(to, rights, trouble);
}

// What a program left that was killed in the middle.
void remove_leftovers(std::span<const TextFile> files) {
    std::set<base::Path> folders;
    for (const auto& one : files) folders.insert(one.file.parent_path());
    std::error_code ignored;
    for (const auto& folder : folders)
        for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
            if (const auto name = entry.path().filename().string();
                name.starts_with(kWaitingBegin) && name.ends_with(kWaitingEnd))
                std::filesystem::remove(entry.path(), ignored);
}

}  // namespace

FileStamp stamp_of(const base::Path& file) {
    struct stat facts {};
    if (::lstat(file.c_str(), &facts) != 0) return {};
    return {static_cast<std::uint64_t>(facts.st_ino), static_cast<std::uint64_t>(facts.st_size),
            std::int64_t{facts.st_mtim.tv_sec} * 1'000'000'000 + facts.st_mtim.tv_nsec};
}

std::vector<std::string> write_texts(std::span<const TextFile> files) {
    remove_leftovers(files);
    std::vector<std::string> trouble(files.size());
    std::vector<base::Path> waiting(files.size());
    const auto threads = base::processor_count();
    try {
        base::for_each_index(files.size(), threads, {}, [&](std::size_t i) {
            if (!files[i].text) return;
            waiting[i] = waiting_name(files[i].file);
            trouble[i] = write_waiting(waiting[i], *files[i].text);
            if (std::error_code none; trouble[i].empty() && std::filesystem::exists(files[i].file, none))
                copy_rights(files[i].file, waiting[i]);
        });
        if (const auto failed = sync_disks_of(files)) fail_disk(failed->first, failed->second);
    } catch (...) {
        for (const auto& file : waiting)
            if (!file.empty()) ::unlink(file.c_str());
        throw;
    }
    base::for_each_index(files.size(), threads, {}, [&](std::size_t i) {
        const auto& [file, text, seen] = files[i];
        if (trouble[i].empty() && seen && stamp_of(file) != *seen) trouble[i] = kChangedSince;
        if (!trouble[i].empty()) {
            if (text) ::unlink(waiting[i].c_str());
            return;
        }
        const int failed = text ? ::rename(waiting[i].c_str(), file.c_str()) : ::unlink(file.c_str());
        if (failed != 0) trouble[i] = std::strerror(errno);
        if (failed != 0 && text) ::unlink(waiting[i].c_str());
    });
    sync_disks_of(files);  // when that fails, a power cut can bring back old texts, and no half ones
    return trouble;
}

}  // namespace lorikeet::studio
