// Where everything stands in a text of TOML: the bytes of each value, and the headers with what is below them. What a text
// is patched by.
//
// Throws   CannotPatch for a text that is written in a way that is not followed, or is no TOML.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::settings {

struct CannotPatch {
    std::string why;  // "it is not TOML": fits after "since"
};

struct Stretch {
    std::size_t begin = 0, end = 0;
};

// A header and what stands below it, up to the next header. The first one has no header: what stands above all.
struct TomlBlock {
    std::string path;
    std::size_t comment = 0;   // where the comment right above it begins
    std::size_t begin = 0;     // of the header's line
    std::size_t last_own = 0;  // behind its last own line: there a line can be added
    std::size_t end = 0;
};

struct TomlEntry {
    Stretch value;
    std::size_t block = 0;
};

struct TomlPlaces {
    std::map<std::string, TomlEntry> entries;    // settings, and lists of sections that are written inline
    std::map<std::string, Stretch> inline_ones;  // { ... }
    std::map<std::string, std::size_t> sizes;    // of lists of sections
    std::vector<TomlBlock> blocks;
    std::vector<std::size_t> lines;  // where each begins

    // The section of this path where it has a header of its own; null where it has none.
    const TomlBlock* find_block(std::string_view path) const;
    std::size_t line_of(std::size_t offset) const;  // counted from 1
};

TomlPlaces places_in(std::string_view text);

}  // namespace lorikeet::settings
