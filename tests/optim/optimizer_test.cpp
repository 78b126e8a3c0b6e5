#include "optim/optimizer.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::optim {
namespace {

// The least that a rule must say: it remembers the rate it was asked for.
class Remembering : public Optimizer {
  public:
    using Optimizer::Optimizer;
    void step(double rate) override { rates.push_back(rate); }
    tensor::NamedTensors state() const override { return {}; }
    void load_state(const tensor::NamedTensors&) override {}
    std::int64_t state_bytes() const override { return 0; }
    std::vector<double> rates;
};

std::vector<ParamGroup> two_groups(double first_rate) {
    return {{"text", {"a"}, {at::zeros({2})}, first_rate},
            {"unet", {"b", "c"}, {at::ones({3}), at::ones({1})}, 0.5}};
}

// Trains at its weights and means others to be used.
class Averaging : public Remembering {
  public:
    using Remembering::Remembering;

  protected:
    void to_evaluation() override { groups()[0].tensors[0].add_(1); }
    void to_training() override { groups()[0].tensors[0].sub_(1); }
};

}  // namespace

TEST(Optimizer, RefusesParametersThatTheRuleDoesNotTake) {
    try {
        Remembering({{"all", {"w"}, {at::zeros({2}, at::kHalf)}, 0.1}});
        ADD_FAILURE() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::InvalidInput);
        EXPECT_STREQ(error.what(),
                     "The parameter w is float16; only float32 can be trained by this optimizer.");
    }
}

TEST(Optimizer, NamesAreUniqueOverAllGroupsAndEachParameterHasOne) {
    const auto a = at::zeros({1});
    EXPECT_THROW(Remembering({{"text", {"w"}, {a}, 1}, {"unet", {"w"}, {a}, 1}}), std::exception);
    EXPECT_THROW(Remembering({{"text", {"w", "v"}, {a}, 1}}), std::exception);
    EXPECT_NO_THROW(Remembering({{"text", {"w"}, {a}, 1}, {"unet", {"v"}, {a}, 1}}));
}

TEST(Optimizer, ParametersComeGroupAfterGroupAndForgetTheirGradients) {
    Remembering optimizer(two_groups(0.1));
    const auto all = optimizer.parameters();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].numel(), 2);
    EXPECT_EQ(all[1].numel(), 3);
    EXPECT_EQ(all[2].numel(), 1);
    for (const auto& tensor : all) tensor.mutable_grad() = at::ones_like(tensor);
    const auto gathered = optimizer.gather();
    ASSERT_EQ(gathered.size(), 3U);
    EXPECT_TRUE(gathered[1].all.is_same(all[1].grad()))
        << "a rule that goes by tensors finds them where they were";
    optimizer.zero_grad();
    for (const auto& tensor : all) EXPECT_FALSE(tensor.grad().defined());
}

// A rule that cannot be recorded reads both numbers back and steps as ever.
TEST(Optimizer, AQueuedStepIsTheRateOfTheGroupsOrNoneWhereTheGradientsAreBroken) {
    Remembering optimizer(two_groups(0));  // the text encoders are not trained: that rate tells nothing
    EXPECT_FALSE(optimizer.can_be_recorded());
    optimizer.step_queued(at::tensor({0.0F, 0.125F}), at::zeros({}));
    EXPECT_EQ(optimizer.rates, std::vector<double>{0.25});
    optimizer.step_queued(at::tensor({0.0F, 0.125F}), at::ones({}));
    EXPECT_EQ(optimizer.rates.size(), 1U);
    Remembering standing({{"unet", {"b"}, {at::ones({3})}, 0}});
    standing.step_queued(at::zeros({1}), at::zeros({}));
    EXPECT_EQ(standing.rates, std::vector<double>{0});
}

TEST(Optimizer, ARuleMayMeanOtherWeightsToBeUsedThanItTrainsAt) {
    Averaging optimizer({{"all", {"w"}, {at::ones({2})}, 1}});
    const auto weights = optimizer.parameters().front();
    {
        const Optimizer::EvaluationWeights scope(optimizer);
        EXPECT_TRUE(at::equal(weights, at::full({2}, 2.0F)));
    }
    EXPECT_TRUE(at::equal(weights, at::ones({2})));
    Remembering plain(two_groups(1));
    const Optimizer::EvaluationWeights scope(plain);
    EXPECT_TRUE(at::equal(plain.parameters().front(), at::zeros({2})));
}

TEST(Optimizer, AStateIsCopiedWhereItFitsAndRefusedByNameWhereItDoesNot) {
    const auto saved = at::tensor({1.0F, 2.0F});
    const tensor::NamedTensors state{{"w.mean", saved}, {"w.steps", at::zeros({2}, at::kDouble)}};
    const auto loaded = fitting_state(state, "w.mean", at::zeros({2}));
    EXPECT_TRUE(at::equal(loaded, saved));
    EXPECT_NE(loaded.const_data_ptr(), saved.const_data_ptr());
    const auto refusal = [&](const std::string& name, const at::Tensor& like) {
        try {
            fitting_state(state, name, like);
        } catch (const base::Error& error) {
            EXPECT_EQ(error.code(), base::ErrorCode::Corrupt);
            return std::string(error.what());
        }
        return std::string("none");
    };
    EXPECT_EQ(refusal("w.mean", at::zeros({3})),
              "The saved state of the optimizer does not hold a fitting w.mean.");
    EXPECT_NE(refusal("w.steps", at::zeros({2})), "none");  // of another dtype
    EXPECT_NE(refusal("v.mean", at::zeros({2})), "none");
}

}  // namespace lorikeet::optim
