#include "train/cache_use.hpp"

#include <vector>

#include "base/error.hpp"
#include "data/loader.hpp"
#include "train/choose.hpp"
#include "train/recipe.hpp"
#include "train/run_phases.hpp"

namespace lorikeet::train {

std::set<std::string> cache_keys_of(const settings::Job& wanted, const base::Cancel& cancel) {
    const auto job = choose(wanted, cancel).job;
    auto found = data::scan(job.data, cancel, {}, data::Measure::Headers);
    base::fail_if_any(found.errors);
    const auto recipe = load_recipe(job, at::kMeta);
    const auto weights = recipe.model->vae_identity();
    std::vector<std::string> identities;
    for (const auto type : {at::kFloat, at::kBFloat16, at::kHalf})
        identities.push_back(identity_of_vae(weights, type));
    const data::Loader loader(found.images, job.data, 0, encoder_of(*recipe.model));
    auto keys = loader.cache_keys(identities, cancel);
    keys.merge(recipe.captions->cache_keys(phases_of(job, found.images).kept_texts));
    return keys;
}

}  // namespace lorikeet::train
