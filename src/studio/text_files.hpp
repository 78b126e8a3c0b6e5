// Many small files at once, each whole or as it was, and all of them on the disk at the end: synced together, where
// base::write_whole syncs each by itself (a hundred thousand captions in seconds, not in minutes).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

struct TextFile {
    base::Path file;
    std::optional<std::string> text;  // nothing: it goes
};

// One program at a time writes into a folder: the undo journal's lock sees to that.
// Of each file, why it stays as it was; empty where it is written.
// Throws   Error{NoSpace}: every file is as it was then.
std::vector<std::string> write_texts(std::span<const TextFile> files);

}  // namespace lorikeet::studio
