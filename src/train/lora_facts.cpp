#include "train/lora_facts.hpp"

#include <fmt/format.h>

namespace lorikeet::train {

io::Metadata metadata_of(const LoraFacts& facts) {
    const auto& job = facts.job;
    return {{"ss_output_name", job.output.name},
            {"ss_network_module", "networks.lora"},
            {"ss_network_dim", fmt::format("{}", job.adapter.rank)},
            {"ss_network_alpha", fmt::format("{}", job.adapter.alpha)},
            {"ss_steps", fmt::format("{}", facts.step)}};
}

}  // namespace lorikeet::train
