// What a LoRA to go on from (adapter.start_from) gives to a job: known before the run begins, and told.
//
// Its layers keep the ranks and alphas of the file. Layers that the job trains and the file lacks are made fresh at the
// job's. Layers of the file that the job does not train are left out.
// Throws   what adapters::read_lora and fit() throw; Error{Conflict} for a LoRA of another family; Error{Unsupported} for
//          layers that training does not reach; Error{InvalidInput} for layers that the model does not have.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "adapters/network.hpp"
#include "models/spec.hpp"
#include "settings/adapter.hpp"

namespace lorikeet::train {

// Layers by their rank and alpha; 0 for kinds of adapters that have none.
using LayerRanks = std::map<std::pair<std::int64_t, double>, std::int64_t>;

struct StartFacts {
    LayerRanks from_file;           // layers that go on
    LayerRanks fresh;               // layers that start fresh, at the job's rank and alpha
    std::int64_t numbers = 0;       // that are trained, in all
    std::vector<std::string> news;  // what differs from what the job says, a sentence each
};

// From the shapes of the model and the file; the model need not be loaded.
StartFacts start_facts(const settings::Adapter& adapter, const models::Spec& spec);

// "52 of rank 4, alpha 4", "48 of rank 4, alpha 2; 12 of rank 8, alpha 8".
std::string words_for(const LayerRanks& layers);

// The network of a job: fresh, or going on from its file.
std::unique_ptr<adapters::Network> make_network(const settings::Adapter& adapter,
                                                const std::vector<adapters::Target>& targets,
                                                const adapters::NetworkOptions& options, std::uint64_t seed);

}  // namespace lorikeet::train
