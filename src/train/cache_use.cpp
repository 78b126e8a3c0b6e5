#include "train/cache_use.hpp"

#include <vector>

#include "base/error.hpp"
#include "data/held_out.hpp"
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
    const auto encoder = encoder_of(*recipe.model);
    auto keys = data::Loader(found.images, job.data, 0, encoder).cache_keys(identities, cancel);
    if (!found.held_out.empty())
        keys.merge(data::Loader(found.held_out, data::validation_data(job.data), 0, encoder)
                       .cache_keys(identities, cancel));
    keys.merge(recipe.captions->cache_keys(phases_of(job, found.images, found.held_out).kept_texts));
    return keys;
}

}  // namespace lorikeet::train
