#include "optim/rules.hpp"

#include <set>

#include <gtest/gtest.h>

namespace lorikeet::optim {

TEST(Rules, EachMovesDownhillAndKeepsNoMoreThanItsRowSays) {
    std::set<std::string_view> names;
    for (const auto* row : rules()) {
        const auto& facts = *row;
        EXPECT_EQ(&facts_of(facts.rule), &facts);
        EXPECT_TRUE(names.insert(facts.python_name).second);
        const auto weights = at::full({8192}, 2.0F).requires_grad_();
        const auto optimizer = facts.make({{"unet", {"w"}, {weights}, 0.01}}, {});
        const auto loss = [&] { return weights.square().mean(); };
        const auto before = loss().item<double>();
        for (int i = 0; i < 20; ++i) {
            optimizer->zero_grad();
            loss().backward();
            optimizer->step(1);
        }
        EXPECT_LT(loss().item<double>(), before) << facts.python_name;
        const auto kept = static_cast<double>(optimizer->state_bytes());
        EXPECT_LE(kept, facts.state_bytes * 8192 * 1.05) << facts.python_name;
        EXPECT_GE(kept, facts.state_bytes * 8192 * 0.7) << facts.python_name;
    }
}

// As tests bring rules of their own.
TEST(Rules, ARowOfATestIsAskedFirstForItsRuleAlone) {
    const auto &adamw = facts_of(settings::OptimRule::AdamW),
               &small = facts_of(settings::OptimRule::AdamW8bit);
    {
        auto mine = adamw;
        mine.python_name = "toys.Mine";
        const base::ScopedRow scope(rule_table(), mine);
        EXPECT_EQ(&facts_of(settings::OptimRule::AdamW), &mine);
        EXPECT_EQ(&facts_of(settings::OptimRule::AdamW8bit), &small);
    }
    EXPECT_EQ(&facts_of(settings::OptimRule::AdamW), &adamw);
}

}  // namespace lorikeet::optim
