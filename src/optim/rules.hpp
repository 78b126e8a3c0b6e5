// The rules of optimisation, one row each: what makes one, what it keeps for each weight, and how files of LoRAs call it.
//
// A rule to come is one room with its class, one value of settings::OptimRule, and one row of the table in rules.cpp.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "base/table.hpp"
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

base::Table<RuleFacts>& rule_table();
std::span<const RuleFacts* const> rules();
// The first row of this rule.
const RuleFacts& facts_of(settings::OptimRule rule);

}  // namespace lorikeet::optim
