#include "settings/typed_paths.hpp"

#include <algorithm>
#include <array>

#include "base/path.hpp"

namespace lorikeet::settings {

bool is_path(const Field& field) {
    static constexpr std::array<std::string_view, 7> kPaths{
        "checkpoint", "vae", "folder", "model", "cache_folder", "start_from", "mask_folder"};
    return field.type->kind == Kind::Text &&
           std::find(kPaths.begin(), kPaths.end(), field.key) != kPaths.end();
}

std::vector<std::string*> paths_of(Job& job) {
    std::vector<std::string*> paths{&job.model.checkpoint, &job.model.vae, &job.data.cache_folder,
                                    &job.adapter.start_from, &job.output.folder};
    for (auto& subset : job.data.subsets) {
        paths.push_back(&subset.folder);
        paths.push_back(&subset.mask_folder);
    }
    return paths;
}

void clean_paths(Job& job) {
    for (auto* path : paths_of(job)) *path = base::clean_typed_path(*path);
}

}  // namespace lorikeet::settings
