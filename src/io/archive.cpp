#include "io/archive.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <clocale>
#include <fstream>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>
#include <locale.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"

namespace lorikeet::io {

using base::ErrorCode;

namespace {

using namespace std::string_view_literals;

// libarchive turns names of UTF-8 and UTF-16 into the locale's encoding, which must be one that holds them all.
class Utf8Locale {
  public:
    Utf8Locale() {
        static const locale_t wide = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
        if (wide != nullptr) before_ = ::uselocale(wide);
    }
    ~Utf8Locale() {
        if (before_ != nullptr) ::uselocale(before_);
    }
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;

  private:
    locale_t before_ = nullptr;
};

std::string first_bytes(const base::Path& path) {
    std::string head(512, '\0');
    if (!base::is_file(path)) return {};
    std::ifstream file(path, std::ios::binary);
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(file.gcount()));
    return head;
}

// The kinds that are known by their mark and not read, with what to call them.
std::string_view other_kind(std::string_view head) {
    if (head.starts_with("Rar!\x1a\x07"sv)) return "RAR";
    if (head.starts_with("MSCF"sv)) return "CAB";
    if (head.size() > 7 && head.substr(2, 3) == "-lh"sv && head[6] == '-') return "LHA";
    return {};
}

// The first file of a ZIP, as a program would have written it: the version it needs and the way it is packed.
bool is_zip_header(std::string_view head) {
    constexpr std::string_view kMethods("\x00\x08\x09\x0c\x0e\x5d\x5f\x62\x63", 9);
    if (head.size() < 30) return false;
    const auto version = static_cast<unsigned char>(head[4]);
    return version <= 63 && head[9] == 0 && kMethods.find(head[8]) != std::string_view::npos;
}

bool has_tar_mark(std::string_view head) { return head.size() > 262 && head.substr(257, 5) == "ustar"sv; }

bool has_tar_name(const base::Path& path) { return base::to_lower(path.extension().string()) == ".tar"; }

using Freed = std::unique_ptr<archive, int (*)(archive*)>;

Freed new_reader() {
    Freed reader(archive_read_new(), &archive_read_free);
    base::expects(reader != nullptr, "libarchive gives a reader");
    // By name, not "all": others know links to files of this machine, or start programs.
    archive_read_support_format_zip(reader.get());
    archive_read_support_format_7zip(reader.get());
    archive_read_support_format_tar(reader.get());
    archive_read_support_filter_gzip(reader.get());
    archive_read_support_filter_bzip2(reader.get());
    archive_read_support_filter_xz(reader.get());
    archive_read_support_filter_zstd(reader.get());
    return reader;
}

EntryKind kind_of(archive_entry* entry) {
    if (archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr)
        return EntryKind::Link;
    switch (archive_entry_filetype(entry)) {
        case AE_IFREG: return EntryKind::File;
        case AE_IFDIR: return EntryKind::Folder;
        case AE_IFLNK: return EntryKind::Link;
        case 0: return EntryKind::File;  // not said
        default: return EntryKind::Other;
    }
}

std::string name_in_archive(archive_entry* entry) {
    if (const char* name = archive_entry_pathname(entry)) return name;
    if (const char* name = archive_entry_pathname_utf8(entry)) return name;
    return {};
}

}  // namespace

struct ArchiveReader::State {
    State(const base::Path& file, const ArchiveLimits& most, const base::Cancel& asked)
        : path(file), limits(most), cancel(asked) {}

    base::Path path;
    ArchiveLimits limits;
    const base::Cancel& cancel;
    std::uint64_t packed = 0;  // bytes of the archive itself
    std::uint64_t unpacked = 0;
    std::uint64_t of_entry = 0;
    std::uint64_t entries = 0;
    bool in_entry = false;
    bool ends_unmarked = false;
    bool is_open = false;  // before that libarchive must not be asked about the format
    std::vector<std::byte> part = std::vector<std::byte>(1 << 16);
    Freed reader = new_reader();

    std::string shown() const { return path.filename().string(); }

    [[noreturn]] void fail_encrypted() const {
        base::fail(ErrorCode::Unsupported,
                   fmt::format("{} is encrypted, and it is not asked for a password.", shown()),
                   "Unpack it with its password, and import the folder.");
    }

    // In bytes of chance the mark of encryption is set as often as not.
    bool is_mark_believed() const {
        if (entries > 0) return true;
        const auto head = first_bytes(path);
        return is_archive(path) && (!head.starts_with("PK"sv) || is_zip_header(head));
    }

    [[noreturn]] void fail_damaged() const {
        if (is_open && archive_read_has_encrypted_entries(reader.get()) > 0 && is_mark_believed())
            fail_encrypted();
        const char* why = archive_error_string(reader.get());
        base::fail(ErrorCode::Corrupt,
                   fmt::format("{} is damaged or cut off ({}).", shown(), why ? why : "no reason is known"),
                   "Get the file again; compare its size with that of the original.");
    }

    [[noreturn]] void fail_bomb(const std::string& what, std::string_view limit) const {
        base::fail(ErrorCode::Unsupported, fmt::format("{} {}.", shown(), what),
                   fmt::format("If it comes from somebody you trust, raise the limit {}.", limit));
    }

    void count(std::size_t bytes) {
        unpacked += bytes;
        of_entry += bytes;
        if (of_entry > limits.most_file_bytes)
            fail_bomb(fmt::format("holds a file of more than {}", base::human_bytes(limits.most_file_bytes)),
                      "most-file-bytes");
        expect_total(unpacked);
        if (unpacked > limits.free_bytes && unpacked / limits.most_ratio > packed)
            fail_bomb(fmt::format("has {} and unpacks to more than {} times as much",
                                  base::human_bytes(packed), limits.most_ratio),
                      "most-ratio");
    }

    std::int64_t bytes_parsed() const { return archive_filter_bytes(reader.get(), 0); }

    // What was read of a TAR behind its last entry is the rest of that entry's block, and the mark of the end.
    bool lacks_end_mark(std::int64_t end_of_entry) const {
        constexpr std::int64_t kTarBlock = 512;
        const bool is_tar = (archive_format(reader.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_TAR;
        const bool is_plain = archive_filter_code(reader.get(), 0) == ARCHIVE_FILTER_NONE;
        return is_tar && is_plain && bytes_parsed() - end_of_entry < kTarBlock;
    }

    void expect_total(std::uint64_t bytes) const {
        if (bytes > limits.most_bytes)
            fail_bomb(fmt::format("unpacks to more than {}", base::human_bytes(limits.most_bytes)),
                      "most-bytes");
    }

    std::span<const std::byte> read() {
        cancel.throw_if_stopped();
        if (!in_entry) return {};
        const auto got = archive_read_data(reader.get(), part.data(), part.size());
        if (got < 0) {
            in_entry = false;
            fail_damaged();
        }
        if (got == 0) in_entry = false;
        count(static_cast<std::size_t>(got));
        return std::span(part).first(static_cast<std::size_t>(got));
    }

    // What is passed over in a stream is unpacked all the same, so it is counted; in a ZIP it is stepped over.
    void leave_entry() {
        const bool stepped = (archive_format(reader.get()) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_ZIP;
        const auto most = limits.most_file_bytes;
        limits.most_file_bytes = limits.most_bytes;  // it is nobody's file
        while (in_entry && !stepped) static_cast<void>(read());
        limits.most_file_bytes = most;
        in_entry = false;
    }
};

ArchiveReader::ArchiveReader(const base::Path& path, const ArchiveLimits& limits, const base::Cancel& cancel)
    : state_(std::make_unique<State>(path, limits, cancel)) {
    const auto head = first_bytes(path);
    if (const auto kind = other_kind(head); !kind.empty())
        base::fail(
            ErrorCode::Unsupported,
            fmt::format("{} is a {} archive, which is not read.", state_->shown(), kind),
            fmt::format("Unpack it and import the folder, or pack it again: {} are read.", kArchiveNames));
    state_->packed = std::max<std::uint64_t>(base::bytes_in(path).value_or(0), 1);
    const Utf8Locale utf8;
    state_->is_open = archive_read_open_filename(state_->reader.get(), path.c_str(), 1 << 16) == ARCHIVE_OK;
    if (state_->is_open) return;
    if (archive_errno(state_->reader.get()) == ENOENT)
        base::fail(ErrorCode::NotFound, fmt::format("There is no file {}.", path.string()),
                   base::hint_for_missing(path.string()));
    if (is_archive(path)) state_->fail_damaged();
    base::fail(ErrorCode::Unsupported, fmt::format("{} is no archive that is read.", state_->shown()),
               fmt::format("{} are read.", kArchiveNames));
}

ArchiveReader::~ArchiveReader() = default;

std::optional<ArchiveEntry> ArchiveReader::next() {
    auto& s = *state_;
    const Utf8Locale utf8;
    s.leave_entry();
    s.cancel.throw_if_stopped();
    archive_entry* found = nullptr;
    const auto end_of_entry = s.bytes_parsed();
    const int told = archive_read_next_header(s.reader.get(), &found);
    if (told == ARCHIVE_EOF) {
        s.ends_unmarked = s.entries > 0 && s.lacks_end_mark(end_of_entry);
        return std::nullopt;
    }
    if (told != ARCHIVE_OK && told != ARCHIVE_WARN) s.fail_damaged();
    if (archive_entry_is_encrypted(found) > 0) {
        if (s.is_mark_believed()) s.fail_encrypted();
        s.fail_damaged();
    }
    if (++s.entries > s.limits.most_entries)
        s.fail_bomb(fmt::format("holds more than {} files", s.limits.most_entries), "most-files");
    ArchiveEntry entry{name_in_archive(found), kind_of(found), std::nullopt};
    if (archive_entry_size_is_set(found) != 0 && archive_entry_size(found) >= 0)
        entry.bytes = static_cast<std::uint64_t>(archive_entry_size(found));
    s.in_entry = entry.kind == EntryKind::File;
    s.of_entry = 0;
    return entry;
}

std::span<const std::byte> ArchiveReader::read() {
    const Utf8Locale utf8;
    if (state_->in_entry && archive_read_has_encrypted_entries(state_->reader.get()) > 0)
        state_->fail_encrypted();
    return state_->read();
}

bool ArchiveReader::may_be_cut_off() const { return state_->ends_unmarked; }

std::uint64_t ArchiveReader::bytes_done() const {
    return static_cast<std::uint64_t>(
        std::max<la_int64_t>(archive_filter_bytes(state_->reader.get(), -1), 0));
}
std::uint64_t ArchiveReader::bytes_in_all() const { return state_->packed; }

bool is_archive(const base::Path& path) {
    const auto head = first_bytes(path);
    constexpr std::array kMarks{"PK\x03\x04"sv,
                                "PK\x05\x06"sv,
                                "7z\xBC\xAF\x27\x1C"sv,
                                "\x1F\x8B"sv,
                                "\xFD"sv
                                "7zXZ\0"sv,
                                "\x28\xB5\x2F\xFD"sv,
                                "BZh"sv};
    const bool marked =
        std::any_of(kMarks.begin(), kMarks.end(), [&](const auto& mark) { return head.starts_with(mark); });
    return marked || has_tar_mark(head) || (has_tar_name(path) && !head.empty()) || !other_kind(head).empty();
}

}  // namespace lorikeet::io
