#include "studio/cache_desk.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <tuple>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "data/cache_listing.hpp"
#include "data/cache_lock.hpp"
#include "data/listing.hpp"
#include "data/loader.hpp"
#include "settings/toml.hpp"
#include "studio/open_project.hpp"
#include "studio/thumbnail.hpp"
#include "train/cache_use.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr int kDeepestCache = 24;

struct CachePlaces {
    std::vector<base::Path> folders;
    std::optional<std::set<std::string>> wanted;  // keys
    std::string trouble;
};

bool is_folder_itself(const fs::directory_entry& entry) {
    std::error_code trouble;
    return entry.symlink_status(trouble).type() == fs::file_type::directory;
}

void find_caches(const base::Path& folder, int depth, const base::Cancel& cancel,
                 std::vector<base::Path>& found) {
    cancel.throw_if_stopped();
    const bool is_cache = folder.filename() == data::kCacheFolderName ||
                          base::is_file(folder / data::kCacheLockName);
    if (is_cache) found.push_back(folder);
    if (is_cache || depth > kDeepestCache) return;
    std::error_code trouble;
    for (auto at = fs::directory_iterator(folder, trouble); !trouble && at != fs::directory_iterator();
         at.increment(trouble))
        if (is_folder_itself(*at)) find_caches(at->path(), depth + 1, cancel, found);
}

CachePlaces places_of_job(const base::Path& file, const base::Cancel& cancel) {
    auto job = settings::read_job_file(file).job;
    take_shared_inputs(job);
    CachePlaces places;
    std::set<base::Path> folders;
    for (const auto& subset : job.data.subsets) {
        data::DatasetImage any;
        any.file = base::Path(subset.folder) / "any";
        folders.insert(data::cache_folder(job.data, any));
        folders.insert(base::Path(subset.folder) / data::kCacheFolderName);  // of thumbnails, in any case
        if (subset.nested) find_caches(subset.folder, 0, cancel, places.folders);
    }
    folders.insert(places.folders.begin(), places.folders.end());
    places.folders.clear();
    for (const auto& folder : folders)
        if (base::is_folder(folder)) places.folders.push_back(folder);
    try {
        places.wanted = train::cache_keys_of(job, cancel);
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Interrupted || error.code() == base::ErrorCode::Internal) throw;
        places.trouble = error.what();
    }
    return places;
}

CachePlaces places_of(const base::Path& target, const base::Cancel& cancel) {
    if (base::is_folder(target)) {
        CachePlaces places;
        find_caches(target, 0, cancel, places.folders);
        std::sort(places.folders.begin(), places.folders.end());
        return places;
    }
    if (base::is_file(target)) return places_of_job(target, cancel);
    base::fail(base::ErrorCode::NotFound, fmt::format("There is no {}.", target.string()),
               base::hint_for_missing(target.string()));
}

// SHA-256 of the images that lie beside a cache; nothing where that is a folder of its own, or none lie there: what leads to it
// from elsewhere is not known.
std::optional<std::set<std::string>> images_beside(const base::Path& folder, const base::Cancel& cancel) {
    if (folder.filename() != data::kCacheFolderName) return std::nullopt;
    const auto images = data::list_folder(folder.parent_path(), {}).images;
    if (images.empty()) return std::nullopt;
    std::set<std::string> hashes;
    std::mutex guard;
    base::for_each_index(images.size(), base::processor_count(), cancel, [&](std::size_t i) {
        try {
            auto hash = base::sha256_file(images[i]);
            const std::lock_guard lock(guard);
            hashes.insert(std::move(hash));
        } catch (const base::Error&) {  // gone meanwhile, or not to be read: not there for a training either
        }
    });
    return hashes;
}

CacheKind kind_of(const data::CacheEntry& entry) {
    if (entry.condition != data::EntryCondition::Readable) return CacheKind::Broken;
    switch (entry.made_from.kind) {
        case data::CacheEntryKind::Latents: return CacheKind::Latents;
        case data::CacheEntryKind::Text: return CacheKind::Captions;
        case data::CacheEntryKind::Unknown: break;
    }
    return CacheKind::Other;
}

// The identity with its SHA-256 cut short.
std::string shown_identity(const std::string& computed) {
    auto words = base::split(computed, " ");
    for (auto& word : words)
        if (word.size() == 64) word.resize(8);
    return base::join(words, " ");
}

// Says of entries whether they are wanted. Images are read only where some entry names its own.
class UseOf {
  public:
    UseOf(const CachePlaces& places, const base::Path& folder, const base::Cancel& cancel)
        : places_(places), folder_(folder), cancel_(cancel) {}

    CacheUse operator()(const data::CacheEntry& entry) {
        if (entry.condition != data::EntryCondition::Readable) return CacheUse::Unused;
        if (places_.wanted) return places_.wanted->contains(entry.key) ? CacheUse::Wanted : CacheUse::Unused;
        if (entry.made_from.image.empty()) return CacheUse::Unknown;
        if (!asked_) images_ = images_beside(folder_, cancel_), asked_ = true;
        if (!images_) return CacheUse::Unknown;
        return images_->contains(entry.made_from.image) ? CacheUse::Wanted : CacheUse::Unused;
    }

  private:
    const CachePlaces& places_;
    const base::Path& folder_;
    const base::Cancel& cancel_;
    std::optional<std::set<std::string>> images_;
    bool asked_ = false;
};

std::vector<CacheGroup> groups_in(const CachePlaces& places, const base::Path& folder,
                                  const base::Cancel& cancel) {
    std::map<std::tuple<CacheKind, std::string, std::string>, CacheGroup> groups;
    UseOf use_of(places, folder, cancel);
    for (const auto& entry : data::list_cache(folder, cancel)) {
        const auto kind = kind_of(entry);
        const auto& from = entry.made_from;
        auto& group = groups[{kind, from.model, from.computed}];
        group.folder = folder, group.kind = kind, group.model = from.model;
        group.computed = shown_identity(from.computed);
        group.files.push_back({entry.file, entry.bytes, entry.used, use_of(entry)});
    }
    std::vector<CacheGroup> all;
    for (auto& [key, group] : groups) all.push_back(std::move(group));
    CacheGroup thumbnails{folder, CacheKind::Thumbnails, {}, {}, {}};
    for (const auto& file : list_thumbnails(folder.parent_path(), cancel)) {
        std::error_code gone;
        const auto used = base::unix_seconds_of(fs::last_write_time(file, gone));
        if (!gone)
            thumbnails.files.push_back({file, base::bytes_in(file).value_or(0), used, CacheUse::Unknown});
    }
    if (!thumbnails.files.empty() && folder.filename() == data::kCacheFolderName)
        all.push_back(std::move(thumbnails));
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.bytes() > b.bytes(); });
    return all;
}

bool is_in_use(const base::Path& folder) {
    std::error_code trouble;
    return fs::exists(folder / data::kCacheLockName, trouble) &&
           !base::FileLock::try_peek_alone(folder / data::kCacheLockName);
}

bool is_chosen(const CacheGroup& group, const CachedFile& file, const CleanChoice& choice, double now_s) {
    if (choice.all || group.kind == CacheKind::Broken) return true;
    if (group.kind == CacheKind::Thumbnails || group.kind == CacheKind::Other) return false;
    if (choice.unused && file.use == CacheUse::Unused) return true;
    return choice.unused_for_s && now_s - file.used > *choice.unused_for_s;
}

void remove_file(const CachedFile& file, Cleaned& cleaned) {
    std::error_code trouble;
    if (fs::remove(file.file, trouble)) {
        ++cleaned.files;
        cleaned.bytes += file.bytes;
        fs::remove(file.file.parent_path(), trouble);  // where it is empty now
    } else if (trouble) {
        cleaned.trouble.push_back(
            fmt::format("{} could not be removed: {}.", file.file.string(), trouble.message()));
    }
}

Json paths_as_json(const std::vector<base::Path>& folders) {
    auto names = Json::array();
    for (const auto& folder : folders) names.push_back(folder.string());
    return names;
}

std::string text_of(const Json& json) {
    return json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

// The lock's file and the folder go with the last entry.
void remove_empty(const base::Path& folder) {
    std::error_code trouble;
    fs::remove(folder / kThumbnailFolderName, trouble);
    for (auto at = fs::directory_iterator(folder, trouble); !trouble && at != fs::directory_iterator();
         at.increment(trouble))
        if (at->path().filename() != data::kCacheLockName) return;
    fs::remove(folder / data::kCacheLockName, trouble);
    fs::remove(folder, trouble);
}

}  // namespace

std::string_view words_for(CacheKind kind) {
    switch (kind) {
        case CacheKind::Latents: return "latents";
        case CacheKind::Captions: return "captions";
        case CacheKind::Thumbnails: return "thumbnails";
        case CacheKind::Other: return "others";
        case CacheKind::Broken: break;
    }
    return "damaged";
}

std::uint64_t CacheGroup::bytes() const {
    std::uint64_t all = 0;
    for (const auto& file : files) all += file.bytes;
    return all;
}

double CacheGroup::used() const {
    double latest = 0;
    for (const auto& file : files) latest = std::max(latest, file.used);
    return latest;
}

std::size_t CacheGroup::count(CacheUse use) const {
    return static_cast<std::size_t>(
        std::count_if(files.begin(), files.end(), [&](const auto& file) { return file.use == use; }));
}

std::uint64_t CacheReport::bytes() const {
    std::uint64_t all = 0;
    for (const auto& group : groups) all += group.bytes();
    return all;
}

std::size_t CacheReport::files() const {
    std::size_t all = 0;
    for (const auto& group : groups) all += group.files.size();
    return all;
}

CacheReport look_at_caches(const base::Path& target, const base::Cancel& cancel) {
    auto places = places_of(target, cancel);
    CacheReport report;
    report.trouble = places.trouble;
    for (const auto& folder : places.folders) {
        auto groups = groups_in(places, folder, cancel);
        std::move(groups.begin(), groups.end(), std::back_inserter(report.groups));
        if (is_in_use(folder)) report.in_use.push_back(folder);
    }
    return report;
}

CacheReport choose_to_clean(const CacheReport& found, const CleanChoice& choice, double now_s) {
    CacheReport chosen;
    chosen.in_use = found.in_use;
    for (const auto& group : found.groups) {
        if (std::find(found.in_use.begin(), found.in_use.end(), group.folder) != found.in_use.end()) continue;
        auto part = group;
        std::erase_if(part.files, [&](const auto& file) { return !is_chosen(group, file, choice, now_s); });
        if (!part.files.empty()) chosen.groups.push_back(std::move(part));
    }
    return chosen;
}

Cleaned clean_caches(const CacheReport& chosen, const base::Cancel& cancel) {
    Cleaned cleaned;
    cleaned.in_use = chosen.in_use;
    std::map<base::Path, std::vector<const CacheGroup*>> by_folder;
    for (const auto& group : chosen.groups) by_folder[group.folder].push_back(&group);
    for (const auto& [folder, groups] : by_folder) {
        const auto lock = data::CacheLock::try_clear(folder);
        if (!lock) {
            cleaned.in_use.push_back(folder);
            continue;
        }
        for (const auto* group : groups)
            for (const auto& file : group->files) {
                cancel.throw_if_stopped();
                remove_file(file, cleaned);
            }
        remove_empty(folder);
    }
    return cleaned;
}

std::string json_of(const CacheReport& report) {
    auto groups = Json::array();
    for (const auto& group : report.groups)
        groups.push_back({{"folder", group.folder.string()},
                          {"kind", words_for(group.kind)},
                          {"model", group.model},
                          {"computed", group.computed},
                          {"entries", group.files.size()},
                          {"bytes", group.bytes()},
                          {"last_used", group.used()},
                          {"wanted", group.count(CacheUse::Wanted)},
                          {"unused", group.count(CacheUse::Unused)},
                          {"unknown", group.count(CacheUse::Unknown)}});
    return text_of({{"groups", groups},
                    {"in_use", paths_as_json(report.in_use)},
                    {"entries", report.files()},
                    {"bytes", report.bytes()},
                    {"trouble", report.trouble}});
}

std::string json_of(const Cleaned& cleaned) {
    return text_of({{"entries", cleaned.files},
                    {"bytes", cleaned.bytes},
                    {"in_use", paths_as_json(cleaned.in_use)},
                    {"trouble", cleaned.trouble}});
}

}  // namespace lorikeet::studio
