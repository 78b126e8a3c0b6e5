#include "studio/import_plan.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include <fmt/format.h>

#include "base/text.hpp"
#include "studio/safe_name.hpp"
#include "studio/subset_folder.hpp"

namespace lorikeet::studio {

namespace {

std::string stem_of(const std::string& name) {
    const auto dot = name.rfind('.');
    return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}
std::string asked_name(const StagedFile& file) {
    return file.asked.empty() ? name_of_place(file.place) : file.asked;
}
std::string ending_of(const std::string& name) { return name.substr(stem_of(name).size()); }

// The part of a place that says whose images may not come twice.
std::string subset_of(const std::string& folder) {
    for (auto at = folder; !at.empty(); at = folder_of_place(at))
        if (subset_named(name_of_place(at))) return name_key(at);
    return "";
}

// What lies in the dataset, and what is planned to.
class Occupied {
  public:
    Occupied(std::span<const ExistingFile> existing, HashOfPlace hash_of) : hash_of_(std::move(hash_of)) {
        for (const auto& [place, bytes] : existing) {
            add_name(place);
            by_size_.emplace(bytes, place);
            for (auto at = folder_of_place(place); !at.empty(); at = folder_of_place(at)) {
                there_.insert(at);
                folders_.try_emplace(name_key(at), at);
            }
        }
    }

    // A folder by the spelling that is there already.
    std::string folder_as_spelled(const std::string& folder) {
        if (folder.empty() || there_.contains(folder)) return folder;
        const auto wanted = place_in(folder_as_spelled(folder_of_place(folder)), name_of_place(folder));
        auto spelled = wanted;  // unless a file has that name
        for (int number = 2; names_.contains(name_key(spelled)); ++number)
            spelled = fmt::format("{}_{}", wanted, number);
        return folders_.try_emplace(name_key(wanted), spelled).first->second;
    }

    bool has_stem(const std::string& folder, const std::string& stem) const {
        return stems_.contains(name_key(place_in(folder, stem)));
    }

    // The place whose file can be taken for this one; empty when there is none.
    std::string there_as(const std::string& place) const {
        const auto found = names_.find(name_key(place));
        return found == names_.end() ? "" : found->second;
    }

    void take(const StagedFile& file, const std::string& place) {
        add_name(place);
        hashes_[place] = file.sha256;
        by_size_.emplace(file.bytes, place);
    }

    // An image of the same bytes in the same subset.
    std::optional<std::string> same_image(const StagedFile& file, const std::string& folder) {
        const auto subset = subset_of(folder);
        const auto [begin, end] = by_size_.equal_range(file.bytes);
        for (auto at = begin; at != end; ++at)
            if (subset_of(folder_of_place(at->second)) == subset && is_same(file, at->second))
                return at->second;
        return std::nullopt;
    }

    bool is_same(const StagedFile& file, const std::string& place) {
        auto known = hashes_.find(place);
        if (known == hashes_.end()) known = hashes_.emplace(place, hash_of_(place)).first;
        return known->second == file.sha256;
    }

  private:
    void add_name(const std::string& place) {
        names_.emplace(name_key(place), place);
        stems_.insert(name_key(place_in(folder_of_place(place), stem_of(name_of_place(place)))));
    }

    HashOfPlace hash_of_;
    std::map<std::string, std::string> folders_, names_;  // by their keys
    std::set<std::string> stems_, there_;                 // there_: folders, as they are spelled
    std::multimap<std::uint64_t, std::string> by_size_;
    std::map<std::string, std::string> hashes_;
};

// An image or several of one stem, and their captions.
struct Group {
    std::string folder, stem;
    std::vector<const StagedFile*> images, captions;
    bool is_whole = true;
};

class Planner {
  public:
    Planner(std::span<const ExistingFile> existing, std::span<const std::string> caption_extensions,
            const HashOfPlace& hash_of)
        : extensions_(caption_extensions.begin(), caption_extensions.end()), occupied_(existing, hash_of) {
        for (const auto& file : existing) existing_.push_back(file.place);
    }

    ImportPlan plan(std::span<const StagedFile> files) {
        for (const auto& file : files)
            if (!file.is_caption) add_image(file);
        std::vector<const StagedFile*> alone;
        for (const auto& file : files)
            if (file.is_caption && !add_caption(file)) alone.push_back(&file);
        for (auto& [key, group] : groups_) place(group);
        for (const auto* caption : alone) place_alone(*caption);
        return std::move(plan_);
    }

  private:
    using Key = std::tuple<std::size_t, std::string, std::string>;  // source, folder, stem

    void add_image(const StagedFile& file) {
        const auto folder = occupied_.folder_as_spelled(folder_of_place(file.place));
        const auto name = asked_name(file);
        auto& group = groups_[{file.source, folder, stem_of(name)}];
        group.folder = folder, group.stem = stem_of(name_of_place(file.place));
        group.images.push_back(&file);
        group.is_whole &= file.source_is_whole;
        by_full_name_[{file.source, folder, name}] = &group;
        by_key_.try_emplace(Key{file.source, folder, name_key(stem_of(name))}, &group);
    }

    // False where no image of its source fits.
    bool add_caption(const StagedFile& file) {
        const auto folder = occupied_.folder_as_spelled(folder_of_place(file.place));
        const auto stem = stem_of(asked_name(file));
        Group* group = nullptr;
        if (const auto exact = groups_.find({file.source, folder, stem}); exact != groups_.end())
            group = &exact->second;
        else if (const auto full = by_full_name_.find({file.source, folder, stem});
                 full != by_full_name_.end())
            group = full->second;
        else if (const auto near = by_key_.find({file.source, folder, name_key(stem)}); near != by_key_.end())
            group = near->second;
        if (group != nullptr) group->captions.push_back(&file);
        return group != nullptr;
    }

    void place(Group& group) {
        if (!group.is_whole && group.captions.empty()) {
            plan_.waiting += static_cast<std::int64_t>(group.images.size());
            return;
        }
        std::vector<const StagedFile*> fresh;
        std::string same_as;
        for (const auto* image : group.images) {
            const auto same = occupied_.same_image(*image, group.folder);
            if (!same) {
                fresh.push_back(image);
                continue;
            }
            plan_.already_there.push_back({image->from, *same});
            same_as = *same;
        }
        if (fresh.empty()) return place_beside(group.captions, same_as);
        auto stem = group.stem;
        for (int number = 2; occupied_.has_stem(group.folder, stem); ++number)
            stem = fmt::format("{}_{}", group.stem, number);
        const std::string why = stem == group.stem ? "it is the caption of that image" : "the name is taken";
        std::set<std::string> endings;
        for (const auto* caption : group.captions) {
            const auto ending = extension_of(*caption);
            if (endings.insert(ending).second)
                take(*caption, place_in(group.folder, stem + ending), why);
            else
                plan_.left_out.push_back({caption->from, "another caption of the same image is taken"});
        }
        std::vector<const StagedFile*> again;  // an archive can hold one name twice
        endings.clear();
        for (const auto* image : fresh) {
            const auto ending = ending_of(name_of_place(image->place));
            if (endings.insert(name_key(ending)).second)
                take(*image, place_in(group.folder, stem + ending), why);
            else
                again.push_back(image);
        }
        for (const auto* image : again) {
            Group alone{group.folder, group.stem, {image}, {}, true};
            place(alone);
        }
    }

    // Captions of an image that is there already.
    void place_beside(const std::vector<const StagedFile*>& captions, const std::string& image) {
        const auto folder = folder_of_place(image);
        for (const auto* caption : captions) {
            const auto wanted = place_in(folder, stem_of(name_of_place(image)) + extension_of(*caption));
            const auto there = occupied_.there_as(wanted);
            if (there.empty())
                take(*caption, wanted, "its image is there already");
            else if (occupied_.is_same(*caption, there))
                plan_.already_there.push_back({caption->from, there});
            else
                plan_.left_out.push_back(
                    {caption->from, fmt::format("{} is there already with another text", there)});
        }
    }

    void place_alone(const StagedFile& caption) {
        const auto folder = occupied_.folder_as_spelled(folder_of_place(caption.place));
        const auto stem = stem_of(name_of_place(caption.place));
        for (const auto& image : existing_) {
            if (folder_of_place(image) != folder || is_caption_name(image)) continue;
            const auto name = name_of_place(image);
            if (name_key(stem_of(name)) == name_key(stem) || name_key(name) == name_key(stem))
                return place_beside({&caption}, image);
        }
        plan_.left_out.push_back({caption.from, "a caption without an image"});
    }

    void take(const StagedFile& file, const std::string& place, const std::string& why) {
        if (place != file.place) {
            const bool folder_alone = name_of_place(place) == name_of_place(file.place);
            plan_.renamed.push_back(
                {file.from, place, folder_alone ? "a folder of that name is there" : why});
        }
        occupied_.take(file, place);
        plan_.taken.push_back({file.from, place, file.is_caption, file.file});
    }

    bool is_caption_name(const std::string& place) const {
        const auto ending = ending_of(name_of_place(place));
        return std::find(extensions_.begin(), extensions_.end(), ending) != extensions_.end();
    }

    // As the trainer looks for it, whatever its letters' case was.
    std::string extension_of(const StagedFile& caption) const {
        const auto ending = ending_of(name_of_place(caption.place));
        for (const auto& extension : extensions_)
            if (base::to_lower(extension) == base::to_lower(ending)) return extension;
        return ending;
    }

    std::vector<std::string> extensions_;
    Occupied occupied_;
    std::vector<std::string> existing_;
    std::map<Key, Group> groups_;
    std::map<Key, Group*> by_full_name_, by_key_;
    ImportPlan plan_;
};

}  // namespace

std::string folder_of_place(const std::string& place) {
    const auto slash = place.rfind('/');
    return slash == std::string::npos ? "" : place.substr(0, slash);
}
std::string name_of_place(const std::string& place) { return place.substr(place.rfind('/') + 1); }
std::string place_in(const std::string& folder, const std::string& name) {
    return folder.empty() ? name : folder + "/" + name;
}

ImportPlan plan_import(std::span<const StagedFile> files, std::span<const ExistingFile> existing,
                       std::span<const std::string> caption_extensions, const HashOfPlace& hash_of) {
    return Planner(existing, caption_extensions, hash_of).plan(files);
}

}  // namespace lorikeet::studio
