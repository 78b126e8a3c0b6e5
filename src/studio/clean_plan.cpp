#include "studio/clean_plan.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "studio/folder_size.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

bool is_kept_latent(const std::string& name) {
    const auto ending = base::to_lower(base::Path(name).extension().string());
    return ending == ".npz" || ending == ".npy";
}

bool is_blank(const base::Path& file) {
    constexpr std::uint64_t kLongest = 4096;  // more blanks than anybody types
    if (base::bytes_in(file).value_or(kLongest) >= kLongest) return false;
    auto text = base::read_text(file);
    if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
    return base::trim(text).empty();
}

std::vector<std::string> orphans_of(const DatasetListing& listing) {
    std::set<std::string> used;
    for (const auto& image : listing.images) used.insert(image.captions.begin(), image.captions.end());
    std::vector<std::string> names;
    for (const auto& caption : listing.captions)
        if (!used.contains(caption)) names.push_back(caption);
    return names;
}

std::vector<base::Path> in_trash(const base::Path& folder) {
    std::vector<base::Path> places;
    std::error_code trouble;
    for (const auto& entry : fs::directory_iterator(folder / kTrashFolder, trouble))
        if (const auto name = entry.path().filename(); name != "lock" && name != "journal")
            places.push_back(entry.path());
    return places;
}

}  // namespace

std::vector<std::string> unused_files(const base::Path& folder, const DatasetListing& listing,
                                      std::string_view kind) {
    std::vector<std::string> names;
    if (kind == "orphans") return orphans_of(listing);
    if (kind == "captions") return listing.captions;
    if (kind == "empty") {
        for (const auto& caption : listing.captions)
            if (is_blank(folder / caption)) names.push_back(caption);
        return names;
    }
    if (kind == "caches" || kind == "others") {
        for (const auto& name : listing.others)
            if (is_kept_latent(name) == (kind == "caches")) names.push_back(name);
        return names;
    }
    std::vector<std::string> known;
    for (const auto& one : kUnusedKinds) known.emplace_back(one.name);
    base::fail(base::ErrorCode::InvalidInput, fmt::format("\"{}\" is no kind of files to clean.", kind),
               fmt::format("Known are {}.", base::join(known, ", ")));
}

FilePlan plan_clean(const base::Path& folder, const DatasetListing& listing,
                    const std::vector<std::string>& kinds) {
    FilePlan plan;
    plan.noun = "file";
    plan.what = "moved to the trash";
    std::set<std::string> names;
    for (const auto& kind : kinds)
        for (auto& name : unused_files(folder, listing, kind)) names.insert(std::move(name));
    const auto trash = UndoJournal::next_trash() + "/";
    for (const auto& name : names) {
        plan.lines.push_back({name, {}, {}, {}});
        plan.moves.push_back({name, trash + name});
    }
    return plan;
}

std::uint64_t trash_bytes(const base::Path& folder) {
    std::uint64_t bytes = 0;
    for (const auto& place : in_trash(folder))
        bytes += base::is_folder(place) ? bytes_below(place) : base::bytes_in(place).value_or(0);
    return bytes;
}

std::uint64_t empty_trash(const base::Path& folder) {
    if (!base::is_folder(folder / kTrashFolder)) return 0;
    UndoJournal journal(folder);
    journal.hold();
    const auto bytes = trash_bytes(folder);
    journal.forget_all();
    for (const auto& place : in_trash(folder)) {
        std::error_code trouble;
        fs::remove_all(place, trouble);
        if (trouble)
            base::fail(base::ErrorCode::Io,
                       fmt::format("{} could not be deleted: {}.", place.string(), trouble.message()),
                       "See that you may write there; the rest can be deleted by hand.");
    }
    return bytes;
}

}  // namespace lorikeet::studio
