// Many small files at once, each whole or as it was, and all of them on the disk at the end: synced together, where
// base::write_whole syncs each by itself (a hundred thousand captions in seconds, not in minutes).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

// Tells a file from what it was a moment ago. Equal for two absent ones.
struct FileStamp {
    std::uint64_t inode = 0, bytes = 0;
    std::int64_t changed_ns = 0;
    bool operator==(const FileStamp&) const = default;
};
FileStamp stamp_of(const base::Path& file);

struct TextFile {
    base::Path file;
    std::optional<std::string> text;  // nothing: it goes
    // As it was when it was read: what is another one by now is left alone. Nothing: it is not asked.
    std::optional<FileStamp> seen{};
};

constexpr const char* kChangedSince = "It was changed since, and stays as it is.";

// One program at a time writes into a folder: the undo journal's lock sees to that.
// Of each file, why it stays as it was; empty where it is written.
// Throws   Error{NoSpace}: every file is as it was then.
std::vector<std::string> write_texts(std::span<const TextFile> files);

}  // namespace lorikeet::studio
