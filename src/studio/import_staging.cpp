#include "studio/import_staging.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/path.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;
using base::ErrorCode;

namespace {

constexpr const char* kStaging = ".lorikeet-import";

[[noreturn]] void fail_to_import(const base::Path& dataset, int number) {
    const auto sentence = fmt::format("Could not write to {}: {}.", dataset.string(), std::strerror(number));
    if (number == ENOSPC || number == EDQUOT)
        base::fail(ErrorCode::NoSpace,
                   fmt::format("The disk of {} is full, so nothing was imported.", dataset.string()),
                   "All is as it was. Free some space there, or import into a folder on another disk.");
    if (number == EACCES || number == EPERM || number == EROFS)
        base::fail(ErrorCode::InvalidInput, sentence, "Choose a folder that you may write to.");
    base::fail(ErrorCode::Io, sentence, "Nothing was imported.");
}

// Makes a folder and those above it; says which were not there.
std::vector<base::Path> make_folders(const base::Path& folder, const base::Path& dataset) {
    std::vector<base::Path> missing;
    for (auto at = folder; !at.empty() && !base::is_there(at); at = at.parent_path()) missing.push_back(at);
    std::reverse(missing.begin(), missing.end());
    for (const auto& each : missing) {
        std::error_code trouble;
        fs::create_directory(each, trouble);
        if (trouble) fail_to_import(dataset, trouble.value());
    }
    return missing;
}

// Those of them that are empty.
void remove_folders(std::span<const base::Path> folders) {
    for (auto at = folders.rbegin(); at != folders.rend(); ++at) ::rmdir(at->c_str());
}

// False with errno set when something is there or the move fails.
bool move_to_free_place(const base::Path& from, const base::Path& to) {
    if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return true;
    if (errno != EINVAL && errno != ENOSYS) return false;
    // A file system that does not know it: a second name is refused where there is one already.
    if (::link(from.c_str(), to.c_str()) == 0) return ::unlink(from.c_str()) == 0;
    if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) return false;
    if (base::is_there(to)) return errno = EEXIST, false;
    return ::rename(from.c_str(), to.c_str()) == 0;
}

class NewFile {
  public:
    NewFile(base::Path path, const base::Path& dataset)
        : path_(std::move(path)),
          dataset_(dataset),
          fd_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) {
        if (fd_ < 0) fail_to_import(dataset_, errno);
    }
    ~NewFile() {
        ::close(fd_);
        if (!kept_) ::unlink(path_.c_str());
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    void add(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            const auto n = ::write(fd_, bytes.data(), bytes.size());
            if (n < 0 && errno == EINTR) continue;
            if (n < 0) fail_to_import(dataset_, errno);
            bytes = bytes.subspan(static_cast<std::size_t>(n));
        }
    }
    void keep() { kept_ = true; }

  private:
    base::Path path_;
    const base::Path& dataset_;
    int fd_;
    bool kept_ = false;
};

// All that was written reaches the disk, once, before any of it gets its name.
void sync_disk_of(const base::Path& folder) {
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return;
    const int failed = ::syncfs(fd) == 0 ? 0 : errno;
    ::close(fd);
    if (failed != 0) fail_to_import(folder.parent_path(), failed);
}

}  // namespace

ImportStaging::ImportStaging(base::Path dataset)
    : dataset_(fs::absolute(std::move(dataset)).lexically_normal()) {
    if (!dataset_.has_filename()) dataset_ = dataset_.parent_path();
    folder_ = dataset_ / kStaging;
    if (base::is_there(dataset_) && !base::is_folder(dataset_))
        base::fail(ErrorCode::InvalidInput, fmt::format("{} is a file, not a folder.", dataset_.string()),
                   "Name the folder that the images go to.");
    made_ = make_folders(folder_, dataset_);
    lock_ = base::FileLock::try_take(folder_ / "lock");
    if (!lock_)
        base::fail(ErrorCode::Conflict, fmt::format("Another import is working on {}.", dataset_.string()),
                   "Wait until it is done.");
    std::error_code ignored;
    for (const auto& left : fs::directory_iterator(folder_, ignored))
        if (left.path().filename() != "lock") fs::remove_all(left.path(), ignored);
}

ImportStaging::~ImportStaging() {
    if (!lock_) return;
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    remove_folders(made_);
}

ImportStaging::Written ImportStaging::write(const std::function<std::span<const std::byte>()>& more) {
    Written written{folder_ / std::to_string(++count_), 0, ""};
    NewFile file(written.file, dataset_);
    base::Sha256 hash;
    for (auto piece = more(); !piece.empty(); piece = more()) {
        file.add(piece);
        hash.add(piece);
        written.bytes += piece.size();
    }
    file.keep();
    written.sha256 = hash.hex();
    return written;
}

void ImportStaging::drop(const base::Path& file) { ::unlink(file.c_str()); }

void ImportStaging::publish(std::span<const TakenFile> files) {
    if (files.empty()) return;
    sync_disk_of(folder_);
    std::vector<base::Path> folders;
    std::size_t moved = 0;
    try {
        for (const auto& file : files) {
            const auto to = dataset_ / file.place;
            const auto made = make_folders(to.parent_path(), dataset_);
            folders.insert(folders.end(), made.begin(), made.end());
            if (!move_to_free_place(file.file, to)) fail_to_import(dataset_, errno);
            ++moved;
        }
        sync_disk_of(folder_);
    } catch (...) {
        for (; moved > 0; --moved)
            ::rename((dataset_ / files[moved - 1].place).c_str(), files[moved - 1].file.c_str());
        remove_folders(folders);
        throw;
    }
}

std::vector<ExistingFile> ImportStaging::existing() const {
    std::vector<ExistingFile> files;
    std::error_code trouble, ignored;
    for (auto at = fs::recursive_directory_iterator(dataset_, trouble);
         !trouble && at != fs::recursive_directory_iterator(); at.increment(trouble)) {
        if (at->path().filename().string().starts_with('.')) {
            at.disable_recursion_pending();
            continue;
        }
        if (at->is_directory(ignored)) continue;
        const auto place = at->path().lexically_relative(dataset_).generic_string();
        files.push_back({place, base::bytes_in(at->path()).value_or(0)});
    }
    std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.place < b.place; });
    return files;
}

}  // namespace lorikeet::studio
