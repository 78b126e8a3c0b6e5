// What the names of an import's sources say: which sources there are, what is never wanted, and where a file goes.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "studio/import_plan.hpp"

namespace lorikeet::studio {

// What systems and programs leave everywhere: .DS_Store, __MACOSX, Thumbs.db, all that begins with a dot.
bool is_left_by_systems(std::string_view name);
// The first such part of a name of any encoding; empty when there is none.
std::string passed_over_in(std::string_view name);

bool has_extension_of(std::string_view name, std::span<const std::string> extensions);  // in any case
bool is_archive_name(std::string_view name);

// In UTF-8 whatever it was: `encoding` where it is not that already and fits it; else every odd byte is U+FFFD.
std::string readable_name(const std::string& name, const std::string& encoding);

// "10_bird\\a.png" -> "10_bird/a.png", each part by safe_name. Nothing for a name that is absolute, of a drive, or has "..".
std::optional<std::string> place_of_name(std::string_view name);

struct ImportSource {
    base::Path path;
    std::string name;  // of a single file: the place it asks for
};
// The sources that were given, with lists (text files that are no captions of an image beside them) replaced by what their
// lines name, from the list's own folder on. Lines that are blank or begin with # are passed over; what a line names and is
// not there is left out. Nothing comes twice, and a caption comes with its image.
// Throws   Error{NotFound} for a source that is not there, Error{InvalidInput} for a list that is not UTF-8.
std::vector<ImportSource> sources_in(std::span<const base::Path> given,
                                     std::span<const std::string> caption_extensions,
                                     std::vector<LeftOutFile>& left_out);

}  // namespace lorikeet::studio
