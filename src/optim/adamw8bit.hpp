// AdamW that keeps both moments in 8 bits: a quarter of their memory. Each step reads a block, moves by its float32 numbers,
// and quantises it again. Parameters of fewer than 4096 numbers are left to AdamW: there is little to save.
//
// Init     both moments 0, made at a parameter's first gradient.
// Source   Dettmers et al. 2022, arXiv:2110.02861, block-wise with 256 numbers, as bitsandbytes' AdamW8bit computes it.
// Golden   tests/golden/adamw8bit.safetensors
// Throws   what AdamW throws.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "optim/adamw.hpp"
#include "optim/dynamic_map.hpp"
#include "optim/optimizer.hpp"
#include "settings/optim.hpp"

namespace lorikeet::optim {

class AdamW8bit : public Optimizer {
  public:
    static constexpr std::int64_t kFewest = 4096;  // numbers of a parameter that is worth it

    AdamW8bit(std::vector<ParamGroup> groups, const settings::AdamW& settings);
    void step(double rate) override;
    // "<parameter>.exp_avg.codes", ".exp_avg.scales", the same of ".exp_avg_sq", and ".step"; of small parameters what
    // AdamW keeps.
    tensor::NamedTensors state() const override;
    void load_state(const tensor::NamedTensors& state) override;
    std::int64_t state_bytes() const override;

  private:
    struct Moments {
        Quantised mean;
        Quantised square;
        at::Tensor steps;  // 0-D float32
    };
    // Some parameters of one group, worked on as one matrix of blocks.
    struct Chunk {
        std::vector<at::Tensor> parameters;
        std::vector<Moments*> moments;
        std::vector<std::int64_t> blocks;  // of each
        std::int64_t numbers = 0;
    };

    std::vector<Chunk> chunks_of(const ParamGroup& group);
    void step_chunk(const Chunk& chunk, double lr) const;
    Moments& moments_of(const std::string& name, const at::Tensor& parameter);

    settings::AdamW settings_;
    AdamW small_;
    std::optional<DynamicMap> signed_map_, unsigned_map_;  // unset where every parameter is small
    std::map<std::string, Moments> moments_;
};

}  // namespace lorikeet::optim
