#include "data/listing.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "io/format.hpp"

namespace lorikeet::data {
namespace {

namespace fs = std::filesystem;
using base::Path;

// The order in which they are told.
enum Reason : std::size_t { kLink, kOrphan, kKind, kFolder, kSpecial, kReasons };

std::vector<Unused> reasons() {
    std::vector<Unused> all(kReasons);
    all[kLink] = {"link that leads nowhere", "links that lead nowhere", {}};
    all[kOrphan] = {"caption without an image", "captions without an image", {}};
    all[kKind] = {"file of a kind that is not read", "files of kinds that are not read", {}};
    all[kFolder] = {
        "folder inside, which is not looked into", "folders inside, which are not looked into", {}};
    all[kSpecial] = {"thing that is no file", "things that are no files", {}};
    return all;
}

bool is_passed_over(const std::string& name) {
    const auto lower = base::to_lower(name);
    return name.starts_with('.') || lower == "thumbs.db" || lower == "desktop.ini" || lower == "ehthumbs.db";
}

}  // namespace

Listing list_folder(const Path& folder, std::span<const std::string> caption_extensions) {
    Listing listing;
    auto unused = reasons();
    std::vector<Path> captions;
    std::set<Path> stems;
    const auto is_caption = [&](const Path& file) {
        return std::find(caption_extensions.begin(), caption_extensions.end(), file.extension().string()) !=
               caption_extensions.end();
    };
    std::error_code trouble;
    for (auto at = fs::directory_iterator(folder, trouble); !trouble && at != fs::directory_iterator();
         at.increment(trouble)) {
        const auto& file = at->path();
        const auto name = file.filename().string();
        if (is_passed_over(name)) continue;
        if (base::is_folder(file))
            unused[kFolder].names.push_back(name);
        else if (!base::is_there(file))
            unused[kLink].names.push_back(name);
        else if (!base::is_file(file))
            unused[kSpecial].names.push_back(name);
        else if (is_caption(file))
            captions.push_back(file);
        else if (io::has_image_extension(file) || !io::format_of_file(file).empty())
            listing.images.push_back(file), stems.insert(Path(file).replace_extension());
        else
            unused[kKind].names.push_back(name);
    }
    if (trouble) listing.trouble = trouble.message();
    for (const auto& caption : captions)
        if (!stems.contains(Path(caption).replace_extension()))
            unused[kOrphan].names.push_back(caption.filename().string());
    for (auto& one : unused) std::sort(one.names.begin(), one.names.end());
    std::erase_if(unused, [](const Unused& one) { return one.names.empty(); });
    listing.unused = std::move(unused);
    std::sort(listing.images.begin(), listing.images.end());
    return listing;
}

std::string words_of(std::span<const Unused> unused) {
    constexpr std::size_t kNamed = 3;
    std::vector<std::string> parts;
    for (const auto& [one, many, names] : unused) {
        const auto named = std::span(names).first(std::min(kNamed, names.size()));
        const auto rest = names.size() - named.size();
        parts.push_back(fmt::format("{} {} ({}{})", names.size(), names.size() == 1 ? one : many,
                                    base::join(named, ", "),
                                    rest == 0 ? "" : fmt::format(" and {} more", rest)));
    }
    return base::join(parts, ", ");
}

}  // namespace lorikeet::data
