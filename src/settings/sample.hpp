// [sample]: pictures made on the way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lorikeet::settings {

enum class SamplerKind { Ddim, Euler, EulerA };

struct Prompt {  // an element of [[sample.prompts]]
    std::string text;
    std::string negative;
    std::int64_t seed = 1;
};

struct Sample {
    std::vector<Prompt> prompts;
    std::int64_t every_steps = 0;  // 0: none on the way
    bool at_start = false;
    bool at_end = true;  // when there is a prompt
    std::int64_t steps = 25;
    double cfg = 7;
    SamplerKind sampler = SamplerKind::Ddim;
    std::vector<std::int64_t> size;  // empty: data.resolution
};

}  // namespace lorikeet::settings
