#include "studio/text_files.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/workers.hpp"

namespace lorikeet::studio {

namespace {

// Names that nothing else has: they begin with a dot and end with this process.
base::Path waiting_name(const base::Path& file) {
    static std::atomic<std::uint64_t> made = 0;
    return file.parent_path() / fmt::format(".lorikeet-{}-{}.tmp", ::getpid(), ++made);
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
    if (trouble == ENOSPC || trouble == EDQUOT || trouble == EFBIG)
        base::fail(base::ErrorCode::NoSpace,
                   fmt::format("The disk is full: {} could not be written.", file.parent_path().string()),
                   "Nothing was changed. Make room and try again.");
    return trouble == 0 ? std::string() : std::strerror(trouble);
}

void sync_all_of(const base::Path& file) {
    const int folder = ::open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    ::syncfs(folder);
    ::close(folder);
}

void copy_rights(const base::Path& from, const base::Path& to) {
    std::error_code trouble;
    const auto rights = std::filesystem::status(from, trouble).permissions();
    if (!trouble && rights != std::filesystem::perms::unknown)
        std::filesystem::permissions(to, rights, trouble);
}

}  // namespace

std::vector<std::string> write_texts(std::span<const TextFile> files) {
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
    } catch (...) {
        for (const auto& file : waiting)
            if (!file.empty()) ::unlink(file.c_str());
        throw;
    }
    if (!files.empty()) sync_all_of(files.front().file);
    base::for_each_index(files.size(), threads, {}, [&](std::size_t i) {
        const auto& [file, text] = files[i];
        if (!trouble[i].empty()) {
            ::unlink(waiting[i].c_str());
            return;
        }
        const int failed = text ? ::rename(waiting[i].c_str(), file.c_str()) : ::unlink(file.c_str());
        if (failed != 0) trouble[i] = std::strerror(errno);
        if (failed != 0 && text) ::unlink(waiting[i].c_str());
    });
    if (!files.empty()) sync_all_of(files.front().file);
    return trouble;
}

}  // namespace lorikeet::studio
