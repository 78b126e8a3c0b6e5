#include "studio/import_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "io/format.hpp"
#include "io/name_encoding.hpp"
#include "models/unicode.hpp"
#include "studio/safe_name.hpp"

namespace lorikeet::studio {

namespace {

std::string_view ending_in(std::string_view name) {
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : name.substr(dot);
}

bool has_image_beside(const base::Path& text_file) {
    std::error_code trouble;
    for (auto at = std::filesystem::directory_iterator(
             text_file.has_parent_path() ? text_file.parent_path() : base::Path("."), trouble);
         !trouble && at != std::filesystem::directory_iterator(); at.increment(trouble))
        if (at->path().stem() == text_file.stem() && io::has_image_extension(at->path())) return true;
    return false;
}

bool is_list(const base::Path& source, std::span<const std::string> captions) {
    if (!base::is_file(source)) return false;
    const auto name = source.filename().string();
    constexpr std::array<std::string_view, 2> kLists{".lst", ".list"};
    const auto ending = base::to_lower(ending_in(name));
    if (std::find(kLists.begin(), kLists.end(), ending) != kLists.end()) return true;
    return (ending == ".txt" || has_extension_of(name, captions)) && !has_image_beside(source);
}

// A path that is given by a list keeps the folders it is written with, where they lead downwards.
std::string name_as_listed(const base::Path& path) {
    const auto plain = path.lexically_normal();
    const bool below = plain.is_relative() && !plain.empty() && *plain.begin() != "..";
    return below ? plain.generic_string() : plain.filename().string();
}

void add_lines(const base::Path& list, std::vector<ImportSource>& sources,
               std::vector<LeftOutFile>& left_out) {
    auto text = base::read_text(list);
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    if (!base::is_utf8(text) || text.find('\0') != std::string::npos)
        base::fail(base::ErrorCode::InvalidInput,
                   fmt::format("The list {} is not UTF-8 text.", list.string()),
                   "Save it with the encoding UTF-8: a path in each line.");
    for (const auto& line : base::split(base::replace_all(std::move(text), "\r", "\n"), "\n")) {
        const auto typed = base::clean_typed_path(line);
        if (typed.empty() || typed.front() == '#') continue;
        const base::Path path(typed);
        const auto source = path.is_absolute() ? path : list.parent_path() / path;
        if (base::is_there(source))
            sources.push_back({source, name_as_listed(path)});
        else
            left_out.push_back({fmt::format("{}: {}", list.filename().string(), typed), "nothing is there"});
    }
}

// Twice the same, and captions whose image is a source too, which brings them.
void drop_doubles(std::vector<ImportSource>& sources, std::span<const std::string> captions) {
    std::set<base::Path> seen, images;
    for (const auto& source : sources)
        if (!has_extension_of(source.path.filename().string(), captions))
            images.insert(base::Path(source.path).replace_extension());
    std::erase_if(sources, [&](const ImportSource& source) {
        const bool is_caption = has_extension_of(source.path.filename().string(), captions);
        return !seen.insert(source.path.lexically_normal()).second ||
               (is_caption && images.contains(base::Path(source.path).replace_extension()));
    });
}

}  // namespace

bool is_left_by_systems(std::string_view name) {
    constexpr std::array<std::string_view, 7> kNames{"__macosx",
                                                     "thumbs.db",
                                                     "desktop.ini",
                                                     "ehthumbs.db",
                                                     "@eadir",
                                                     "$recycle.bin",
                                                     "system volume information"};
    return (name.starts_with('.') && name != "." && name != "..") ||
           std::find(kNames.begin(), kNames.end(), base::to_lower(name)) != kNames.end();
}

std::string passed_over_in(std::string_view name) {
    for (const auto& part : base::split(base::replace_all(std::string(name), "\\", "/"), "/"))
        if (is_left_by_systems(part)) return part;
    return {};
}

bool has_extension_of(std::string_view name, std::span<const std::string> extensions) {
    const auto ending = base::to_lower(ending_in(name));
    return !ending.empty() &&
           std::any_of(extensions.begin(), extensions.end(),
                       [&](const std::string& extension) { return base::to_lower(extension) == ending; });
}

bool is_archive_name(std::string_view name) {
    static const std::vector<std::string> kEndings{".zip", ".7z",   ".rar", ".tar", ".tgz", ".gz",
                                                   ".bz2", ".tbz2", ".xz",  ".txz", ".zst", ".tzst"};
    return has_extension_of(name, kEndings);
}

std::string readable_name(const std::string& name, const std::string& encoding) {
    if (base::is_utf8(name)) return name;
    if (!encoding.empty())
        if (auto read = io::name_in_utf8(name, encoding)) return *read;
    return models::unicode::to_utf8(models::unicode::to_points(name));
}

std::optional<std::string> place_of_name(std::string_view name) {
    const auto slashes = base::replace_all(std::string(name), "\\", "/");
    const bool drive = slashes.size() > 1 && std::isalpha(static_cast<unsigned char>(slashes[0])) &&
                       slashes[1] == ':';
    if (drive || slashes.starts_with('/')) return std::nullopt;
    std::string place;
    for (const auto& part : base::split(slashes, "/")) {
        if (part == "..") return std::nullopt;
        if (!part.empty() && part != ".") place = place_in(place, safe_name(part));
    }
    return place.empty() ? std::nullopt : std::optional(place);
}

std::vector<ImportSource> sources_in(std::span<const base::Path> given,
                                     std::span<const std::string> caption_extensions,
                                     std::vector<LeftOutFile>& left_out) {
    std::vector<ImportSource> sources;
    for (const auto& source : given) {
        if (!base::is_there(source))
            base::fail(base::ErrorCode::NotFound, fmt::format("There is nothing at {}.", source.string()),
                       base::hint_for_missing(source.string()));
        if (is_list(source, caption_extensions))
            add_lines(source, sources, left_out);
        else
            sources.push_back({source, source.filename().string()});
    }
    drop_doubles(sources, caption_extensions);
    return sources;
}

}  // namespace lorikeet::studio
