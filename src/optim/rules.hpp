// The rules of optimisation, one row each: what makes one, what it keeps for each weight, and how files of LoRAs call it.
//
// A rule to come is one room with its class, one value of settings::OptimRule, and one row here.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "optim/optimizer.hpp"
#include "settings/optim.hpp"

namespace lorikeet::optim {

struct RuleFacts {
    settings::OptimRule rule;
    std::unique_ptr<Optimizer> (*make)(std::vector<ParamGroup> groups, const settings::Optim& optim);
    double state_bytes;            // of one weight, at the most
    double highest_usual_rate;     // of a LoRA; what lies above is most likely a mistake
    std::string_view python_name;  // ss_optimizer: the class that kohya's users know
};

std::span<const RuleFacts> rules();
const RuleFacts& facts_of(settings::OptimRule rule);

// One rule more, taken for the one that a job names for as long as this lives: the tests' way to bring a rule of their own. One
// at a time, and none while a run is on its way in another thread.
class ScopedRule {
  public:
    explicit ScopedRule(const RuleFacts& rule);
    ~ScopedRule();
    ScopedRule(const ScopedRule&) = delete;
    ScopedRule& operator=(const ScopedRule&) = delete;
};

}  // namespace lorikeet::optim
