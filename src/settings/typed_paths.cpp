#include "settings/typed_paths.hpp"

#include "base/path.hpp"

namespace lorikeet::settings {

std::vector<std::string*> paths_of(Job& job) {
    std::vector<std::string*> paths{&job.model.checkpoint, &job.model.vae, &job.data.cache_folder,
                                    &job.adapter.start_from, &job.output.folder};
    for (auto& subset : job.data.subsets) paths.push_back(&subset.folder);
    return paths;
}

void clean_paths(Job& job) {
    for (auto* path : paths_of(job)) *path = base::clean_typed_path(*path);
}

}  // namespace lorikeet::settings
