// [sample]: images made on the way.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "settings/describe.hpp"

namespace lorikeet::settings {

enum class SamplerKind { Ddim, Euler, EulerA };
constexpr Choice say(SamplerKind choice) {
    switch (choice) {
        case SamplerKind::Ddim: return {"ddim", "The same seed gives the same image. Safe with any model."};
        case SamplerKind::Euler:
            return {"euler", "The same seed gives the same image; good in few steps.", "k_euler"};
        case SamplerKind::EulerA:
            return {"euler_a", "Adds new noise in each step; more steps give another image.", "k_euler_a"};
    }
    return {};
}

struct Prompt {  // an element of [[sample.prompts]]
    std::string text;
    std::string negative;
    std::int64_t seed = 1;
};

struct Sample {
    std::vector<Prompt> prompts;              // empty: the caption of the first image
    std::optional<std::int64_t> every_steps;  // 0: none on the way; unset: train/run_schedule.hpp
    bool at_start = false;
    bool at_end = true;
    std::int64_t steps = 25;
    double cfg = 7;
    SamplerKind sampler = SamplerKind::Ddim;
    std::vector<std::int64_t> size;  // empty: data.resolution
};

void describe(Section<Prompt>& section);
void describe(Section<Sample>& section);

}  // namespace lorikeet::settings
