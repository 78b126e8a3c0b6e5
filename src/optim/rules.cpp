#include "optim/rules.hpp"

#include "base/error.hpp"
#include "optim/adamw.hpp"
#include "optim/adamw8bit.hpp"

namespace lorikeet::optim {

namespace {

template <class Rule>
std::unique_ptr<Optimizer> make_of_adamw(std::vector<ParamGroup> groups, const settings::Optim& optim) {
    return std::make_unique<Rule>(std::move(groups), optim.adamw);
}

constexpr RuleFacts kAdamW{settings::OptimRule::AdamW, make_of_adamw<AdamW>, 8, 0.005,
                           "torch.optim.adamw.AdamW"};
constexpr RuleFacts kAdamW8bit{settings::OptimRule::AdamW8bit, make_of_adamw<AdamW8bit>, 2.5, 0.005,
                               "bitsandbytes.optim.adamw.AdamW8bit"};

}  // namespace

base::Table<RuleFacts>& rule_table() {
    static base::Table<RuleFacts> table{&kAdamW, &kAdamW8bit};
    return table;
}

std::span<const RuleFacts* const> rules() { return rule_table().rows(); }

const RuleFacts& facts_of(settings::OptimRule rule) {
    const auto* found = rule_table().find([&](const auto& facts) { return facts.rule == rule; });
    base::expects(found != nullptr, "each rule has a row");
    return *found;
}

}  // namespace lorikeet::optim
