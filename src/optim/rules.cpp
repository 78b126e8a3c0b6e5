#include "optim/rules.hpp"

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "optim/adamw.hpp"
#include "optim/adamw8bit.hpp"

namespace lorikeet::optim {

namespace {

template <class Rule>
std::unique_ptr<Optimizer> make_of_adamw(std::vector<ParamGroup> groups, const settings::Optim& optim) {
    return std::make_unique<Rule>(std::move(groups), optim.adamw);
}

constexpr std::array kRules{
    RuleFacts{settings::OptimRule::AdamW, make_of_adamw<AdamW>, 8, 0.005, "torch.optim.adamw.AdamW"},
    RuleFacts{settings::OptimRule::AdamW8bit, make_of_adamw<AdamW8bit>, 2.5, 0.005,
              "bitsandbytes.optim.adamw.AdamW8bit"},
};

const RuleFacts*& scoped() {
    static const RuleFacts* rule = nullptr;
    return rule;
}

}  // namespace

ScopedRule::ScopedRule(const RuleFacts& rule) {
    base::expects(scoped() == nullptr, "one rule of a test at a time");
    scoped() = &rule;
}
ScopedRule::~ScopedRule() { scoped() = nullptr; }

std::span<const RuleFacts> rules() { return kRules; }

const RuleFacts& facts_of(settings::OptimRule rule) {
    if (scoped() != nullptr) return *scoped();
    const auto* found =
        std::find_if(kRules.begin(), kRules.end(), [&](const auto& facts) { return facts.rule == rule; });
    base::expects(found != kRules.end(), "each rule has a row");
    return *found;
}

}  // namespace lorikeet::optim
