#include "studio/found_taggers.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "base/home.hpp"
#include "base/path.hpp"
#include "base/text.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

constexpr int kLevels = 4;
constexpr std::size_t kMostFolders = 20'000;  // of a disk that is one large folder
constexpr const char* kCachedPrefix = "models--";

// "models--SmilingWolf--wd-vit-tagger-v3/snapshots/<number>" -> "wd-vit-tagger-v3"
std::string tagger_name(const base::Path& folder) {
    for (const auto& part : folder) {
        const auto name = part.string();
        if (!name.starts_with(kCachedPrefix)) continue;
        const auto at = name.rfind("--");
        return name.substr(at + 2);
    }
    return folder.filename().string();
}

base::Path cache_of_hugging_face() {
    if (const char* given = std::getenv("HF_HUB_CACHE"); given != nullptr && *given != '\0') return given;
    if (const char* home = std::getenv("HF_HOME"); home != nullptr && *home != '\0')
        return base::Path(home) / "hub";
    const char* home = std::getenv("HOME");
    return home == nullptr ? base::Path() : base::Path(home) / ".cache" / "huggingface" / "hub";
}

}  // namespace

std::vector<base::Path> usual_tagger_folders(const base::Path& project, const base::Path& workspace) {
    std::vector<base::Path> folders;
    for (const auto& place : {project, workspace})
        for (const auto* name : {"taggers", "models"}) folders.push_back(place / name);
    folders.push_back(cache_of_hugging_face());
    return folders;
}

std::vector<ListedTagger> find_taggers(const std::vector<base::Path>& folders, const base::Cancel& cancel) {
    std::vector<ListedTagger> found;
    std::set<base::Path> seen;
    const auto look = [&](const base::Path& folder) {
        if (!base::is_file(folder / "model.safetensors") || !base::is_file(folder / "selected_tags.csv"))
            return;
        if (seen.insert(folder.lexically_normal()).second)
            found.push_back({folder.string(), tagger_name(folder)});
    };
    std::size_t looked = 0;
    for (const auto& folder : folders) {
        std::error_code trouble;
        if (folder.empty() || !fs::is_directory(folder, trouble)) continue;
        look(folder);
        fs::recursive_directory_iterator all(folder, fs::directory_options::skip_permission_denied, trouble);
        for (; !trouble && all != fs::recursive_directory_iterator(); all.increment(trouble)) {
            cancel.throw_if_stopped();
            std::error_code ignored;
            if (!all->is_directory(ignored)) continue;
            if (++looked > kMostFolders) break;
            look(all->path());
            if (all.depth() + 1 >= kLevels) all.disable_recursion_pending();
        }
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return std::tie(a.name, a.folder) < std::tie(b.name, b.folder);
    });
    return found;
}

std::optional<ListedTagger> practice_tagger() {
    const auto folder = base::try_find_asset("tiny_tagger");
    if (!folder) return std::nullopt;
    return ListedTagger{folder->string(), "tiny, for practice"};
}

}  // namespace lorikeet::studio
