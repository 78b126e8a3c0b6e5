#include "studio/upload_plan.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "io/format.hpp"
#include "studio/dataset_files.hpp"
#include "studio/import_names.hpp"
#include "studio/safe_name.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kLargestUpload = std::uint64_t{1} << 30;  // of an image
constexpr std::uint64_t kLargestCaption = 1 << 20;
constexpr std::uint64_t kKeptFree = std::uint64_t{256} << 20;  // on the disk, beyond what comes

// ---- Names

bool tells_repeats(std::string_view name) {
    const auto digits = name.find_first_not_of("0123456789");
    return digits != std::string_view::npos && digits > 0 && name[digits] == '_';
}

// The one folder that all files lie in and that says nothing; empty where there is none.
std::string common_top(const std::vector<OfferedFile>& offer) {
    std::string top;
    for (const auto& file : offer) {
        const auto slash = file.path.find('/');
        if (slash == std::string::npos) return {};
        const auto first = file.path.substr(0, slash + 1);
        if (top.empty()) top = first;
        if (first != top) return {};
    }
    return tells_repeats(top) ? std::string() : top;
}

bool is_of_system(std::string_view path) {
    for (const auto& part : base::split(path, "/")) {
        const auto lower = base::to_lower(part);
        if (lower.starts_with('.') || lower == "__macosx" || lower == "thumbs.db" || lower == "desktop.ini" ||
            lower == "ehthumbs.db")
            return true;
    }
    return false;
}

// ---- What a file is, and why it is not taken

UploadKind kind_of(const UploadPlace& place, const OfferedFile& file, const std::string& name) {
    const auto extension = base::Path(name).extension().string();
    const auto& captions = place.caption_extensions;
    if (std::find(captions.begin(), captions.end(), extension) != captions.end()) return UploadKind::Caption;
    if (is_archive_name(name)) return UploadKind::Archive;
    const auto format = io::format_of(std::as_bytes(std::span(file.head)));
    if (!format.empty() && (format != "bmp" || io::has_image_extension(name))) return UploadKind::Image;
    return UploadKind::Other;
}

std::string reason_against(const OfferedFile& file, UploadKind kind, const std::string& name) {
    if (file.bytes == 0) return "It is empty.";
    if (kind == UploadKind::Other && io::has_image_extension(name))
        return "It is named like an image, and its content is none that is read.";
    if (kind == UploadKind::Other) return "It is neither an image nor a caption (.txt) nor an archive.";
    if (kind == UploadKind::Image && file.bytes > kLargestUpload)
        return fmt::format("It is larger than {}.", base::human_bytes(kLargestUpload));
    if (kind == UploadKind::Caption && file.bytes > kLargestCaption)
        return fmt::format("A caption of {} is too large.", base::human_bytes(file.bytes));
    return {};
}

// ---- What is here

class Present {
  public:
    explicit Present(const UploadPlace& place) : place_(place), names_(place.taken) {}

    bool has(const std::string& name) const {
        return names_.contains(name) || base::is_there(place_.folder / name);
    }
    // An image of this stem that is none of `others`.
    bool has_image_of(const std::string& stem, const std::set<std::string>& others) {
        const auto folder = base::Path(stem).parent_path();
        for (const auto& name : listed(folder.string()))
            if (base::Path(name).replace_extension() == stem && !others.contains(name) &&
                io::has_image_extension(name))
                return true;
        return std::any_of(names_.begin(), names_.end(), [&](const std::string& name) {
            return base::Path(name).replace_extension() == stem && !others.contains(name) &&
                   io::has_image_extension(name);
        });
    }
    void take(const std::string& name) { names_.insert(name); }

  private:
    const std::vector<std::string>& listed(const std::string& folder) {
        const auto known = listed_.find(folder);
        if (known != listed_.end()) return known->second;
        std::vector<std::string> names;
        std::error_code trouble;
        for (const auto& entry : fs::directory_iterator(place_.folder / folder, trouble))
            names.push_back((base::Path(folder) / entry.path().filename()).generic_string());
        return listed_[folder] = std::move(names);
    }

    const UploadPlace& place_;
    std::set<std::string> names_;
    std::map<std::string, std::vector<std::string>> listed_;
};

// ---- Files that share a stem, and the name that they get together

struct UploadGroup {
    std::string stem;                  // safe, below the folder
    std::vector<std::size_t> members;  // of the offer
};

struct Draft {
    std::vector<PlannedFile> plan;
    std::vector<UploadGroup> groups;  // in the order they came
};

Draft begin_plan(const UploadPlace& place, const std::vector<OfferedFile>& offer) {
    Draft draft;
    const auto top = common_top(offer);
    std::map<std::string, std::size_t> by_stem;  // as they came, not as they are called here
    for (std::size_t i = 0; i < offer.size(); ++i) {
        auto& file = draft.plan.emplace_back();
        const auto inside = offer[i].path.substr(top.size());
        file.name = safe_path(inside);
        file.kind = kind_of(place, offer[i], file.name);
        if (is_of_system(offer[i].path)) {
            file.fate = UploadFate::PassedOver;
            continue;
        }
        file.reason = reason_against(offer[i], file.kind, file.name);
        if (!file.reason.empty()) continue;
        const auto came = base::Path(inside).replace_extension().string();
        const auto [at, fresh] = by_stem.emplace(came, draft.groups.size());
        if (fresh) draft.groups.push_back({base::Path(file.name).replace_extension().string(), {}});
        draft.groups[at->second].members.push_back(i);
    }
    return draft;
}

std::string named(const PlannedFile& file, const std::string& stem) {
    return stem + base::Path(file.name).extension().string();
}

bool is_free(Present& present, const std::vector<PlannedFile>& plan, const UploadGroup& group,
             const std::string& stem) {
    std::set<std::string> here;
    bool has_image = false;
    for (const auto i : group.members) {
        if (plan[i].fate == UploadFate::There)
            here.insert(named(plan[i], stem));
        else if (present.has(named(plan[i], stem)))
            return false;
        else
            has_image |= plan[i].kind == UploadKind::Image;
    }
    return !has_image || !present.has_image_of(stem, here);
}

bool is_same(const UploadPlace& place, const OfferedFile& file, const std::string& name) {
    if (file.sha256.empty() || base::bytes_in(place.folder / name) != file.bytes) return false;
    return base::sha256_file(place.folder / name) == file.sha256;
}

// Captions without their image: a second name would leave them without one, so the one that is here stays.
bool is_caption_alone(const std::vector<PlannedFile>& plan, const UploadGroup& group) {
    return std::all_of(group.members.begin(), group.members.end(),
                       [&](std::size_t i) { return plan[i].kind == UploadKind::Caption; });
}

void decide(const UploadPlace& place, const std::vector<OfferedFile>& offer, Present& present, Draft& draft,
            const UploadGroup& group) {
    auto& plan = draft.plan;
    for (const auto i : group.members)
        plan[i].fate = is_same(place, offer[i], plan[i].name) ? UploadFate::There : UploadFate::Take;
    auto stem = group.stem;
    if (!is_free(present, plan, group, stem) && is_caption_alone(plan, group)) {
        for (const auto i : group.members)
            if (plan[i].fate == UploadFate::Take && present.has(plan[i].name)) {
                plan[i].fate = UploadFate::Refused;
                plan[i].reason = "A caption of this name is here and says something else; it stays.";
            }
        return;
    }
    for (int number = 2; !is_free(present, plan, group, stem); ++number) {
        for (const auto i : group.members) plan[i].fate = UploadFate::Take;  // those that are here come along
        stem = fmt::format("{}_{}", group.stem, number);
    }
    for (const auto i : group.members) {
        plan[i].name = named(plan[i], stem);
        if (plan[i].fate == UploadFate::Take) present.take(plan[i].name);
    }
}

void refuse_what_does_not_fit(const UploadPlace& place, const std::vector<OfferedFile>& offer,
                              std::vector<PlannedFile>& plan) {
    std::uint64_t wanted = 0;
    for (std::size_t i = 0; i < offer.size(); ++i)
        if (plan[i].fate == UploadFate::Take) wanted += offer[i].bytes;
    const auto free = base::free_bytes(place.folder);
    if (wanted == 0 || wanted + kKeptFree <= free) return;
    for (auto& file : plan)
        if (file.fate == UploadFate::Take) {
            file.fate = UploadFate::Refused;
            file.reason = fmt::format("The disk has {} free; all of these need {}.", base::human_bytes(free),
                                      base::human_bytes(wanted + kKeptFree));
        }
}

}  // namespace

std::string safe_path(std::string_view path) {
    std::vector<std::string> parts;
    for (const auto& part : base::split(path, "/"))
        if (part.find_first_not_of(". ") != std::string::npos) parts.push_back(safe_name(part));
    return parts.empty() ? "file" : base::join(parts, "/");
}

std::vector<std::size_t> files_to_compare(const UploadPlace& place, const std::vector<OfferedFile>& offer) {
    const auto draft = begin_plan(place, offer);
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < offer.size(); ++i)
        if (draft.plan[i].fate == UploadFate::Refused && draft.plan[i].reason.empty() &&
            base::bytes_in(place.folder / draft.plan[i].name) == offer[i].bytes)
            indices.push_back(i);
    return indices;
}

std::vector<PlannedFile> plan_upload(const UploadPlace& place, const std::vector<OfferedFile>& offer) {
    auto draft = begin_plan(place, offer);
    Present present(place);
    const auto top = common_top(offer);
    for (const auto& group : draft.groups) decide(place, offer, present, draft, group);
    refuse_what_does_not_fit(place, offer, draft.plan);
    for (std::size_t i = 0; i < offer.size(); ++i)
        draft.plan[i].renamed = draft.plan[i].fate == UploadFate::Take &&
                                draft.plan[i].name != offer[i].path.substr(top.size());
    return std::move(draft.plan);
}

}  // namespace lorikeet::studio
