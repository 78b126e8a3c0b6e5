#include "nn/visitors.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/norm.hpp"

namespace lorikeet::nn {
namespace {

// A matrix, a kernel and a norm, each with what belongs to it.
struct Three {
    Linear linear{4, 6};
    Conv2d conv = conv3x3(2, 4);
    GroupNorm norm{2, 4, 1e-5};

    void visit(Visitor& visitor) {
        linear.visit(visitor, "linear");
        conv.visit(visitor, "conv");
        norm.visit(visitor, "norm");
    }
};

template <class Check>
void each_weight(Three& three, const Check& check) {
    CollectWeights collect;
    three.visit(collect);
    EXPECT_EQ(collect.tensors.size(), 6U);
    for (const auto& [name, tensor] : collect.tensors) check(name, tensor);
}

Three with_all(std::uint64_t seed, double gain = 1, at::ScalarType dtype = at::kFloat) {
    Three three;
    InitWeights init(seed, gain, dtype);
    three.visit(init);
    return three;
}

std::string refusal_of(const LoadWeights& load) {
    try {
        load.finish();
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Corrupt);
        return error.what();
    }
    return "";
}

}  // namespace

TEST(LoadWeights, NamesWhatIsMissingAndWhatHasAnotherShape) {
    Linear linear(3, 2);
    LoadWeights load(
        [](const std::string& path) { return path == "proj.bias" ? at::zeros({5}) : at::Tensor(); },
        at::kFloat);
    linear.visit(load, "proj");
    try {
        load.finish();
        FAIL() << "nothing was thrown";
    } catch (const std::exception& error) {
        EXPECT_STREQ(
            error.what(),
            "Weights do not fit the model: proj.weight is missing; proj.bias has the shape [5], wanted [2].");
    }
}

TEST(LoadWeights, OfManyTroublesThreeAreNamedAndTheRestCounted) {
    Three three;
    LoadWeights load([](const std::string&) { return at::Tensor(); }, at::kFloat);
    three.visit(load);
    EXPECT_EQ(refusal_of(load),
              "Weights do not fit the model: linear.weight is missing; linear.bias is missing; conv.weight "
              "is missing; "
              "and 3 more.");
    EXPECT_TRUE(load.loaded().empty());
    EXPECT_FALSE(three.linear.weight.defined());
}

TEST(LoadWeights, WholeNumbersAreNoWeights) {
    Linear linear(2, 2, Bias::No);
    LoadWeights load([](const std::string&) { return at::ones({2, 2}, at::kChar); }, at::kFloat);
    linear.visit(load, "proj");
    EXPECT_EQ(
        refusal_of(load),
        "Weights do not fit the model: proj.weight holds numbers of the kind int8, which no weight has.");
}

TEST(LoadWeights, CastsToWhatIsAskedOrLeavesTheDtypeOfTheFile) {
    const auto given = [](const std::string&) { return at::full({3, 2}, 0.1, at::kHalf); };
    for (const auto wanted : {std::optional(at::kBFloat16), std::optional<at::ScalarType>()}) {
        Linear linear(2, 3, Bias::No);
        LoadWeights load(given, wanted);
        linear.visit(load, "proj");
        EXPECT_EQ(refusal_of(load), "");
        EXPECT_EQ(linear.weight.scalar_type(), wanted.value_or(at::kHalf));
        EXPECT_EQ(load.loaded(), std::vector<std::string>{"proj.weight"});
    }
}

TEST(CollectWeights, SharesTheTensors) {
    auto three = with_all(1);
    CollectWeights collect;
    three.visit(collect);
    collect.tensors.at("linear.bias").fill_(7);
    EXPECT_EQ(three.linear.bias[0].item<float>(), 7);
}

TEST(CountWeights, NeedsNone) {
    Linear linear(3, 5);
    CountWeights count;
    linear.visit(count, "l");
    EXPECT_EQ(count.tensors, 2);
    EXPECT_EQ(count.numbers, 20);
}

TEST(CountBytes, CountsWhatThereIsInItsOwnDtype) {
    auto three = with_all(1, 1, at::kBFloat16);
    CountBytes count;
    three.visit(count);
    EXPECT_EQ(count.bytes, 2 * (4 * 6 + 6 + 2 * 4 * 9 + 4 + 4 + 4));
    Three empty;
    CountBytes nothing;
    empty.visit(nothing);
    EXPECT_EQ(nothing.bytes, 0);
}

TEST(ChangeWeights, PutsWhatItIsGivenInThePlaceOfEveryWeight) {
    auto three = with_all(1);
    std::size_t asked = 0;
    ChangeWeights change([&](const std::string& path, const at::Tensor& weight) {
        ++asked;
        return path == "linear.bias" ? weight + 1 : weight.to(at::kHalf);
    });
    three.visit(change);
    EXPECT_EQ(asked, 6U);
    EXPECT_TRUE(at::equal(three.linear.bias, at::ones({6})));
    EXPECT_EQ(three.norm.weight.scalar_type(), at::kHalf);
}

TEST(DropWeights, LeavesNoneAndTheLayersTheirSizes) {
    auto three = with_all(1);
    DropWeights drop;
    three.visit(drop);
    each_weight(three, [](const auto& name, const auto& tensor) { EXPECT_FALSE(tensor.defined()) << name; });
    CountWeights count;
    three.visit(count);
    EXPECT_EQ(count.tensors, 6);
}

// A uniform in +-b has the variance b^2 / 3; here b^2 = gain^2 / fan in.
TEST(InitWeights, MatricesAndKernelsAreUniformWithinTheirFanIn) {
    Linear wide(64, 500);
    Conv2d conv = conv3x3(8, 500);
    for (const double gain : {1.0, 0.5}) {
        InitWeights init(3, gain);
        wide.visit(init, "wide");
        conv.visit(init, "conv");
        for (const auto& [weight, fan_in] : {std::pair{wide.weight, 64}, {conv.weight, 72}}) {
            const double bound = gain / std::sqrt(fan_in);
            const auto largest = weight.abs().max().item<double>();
            EXPECT_LE(largest, bound * (1 + 1e-6));
            EXPECT_GE(largest, bound * 0.998) << "of more than thirty thousand";
            EXPECT_NEAR(weight.var().item<double>() / (bound * bound / 3), 1, 0.03);
        }
    }
}

TEST(InitWeights, BiasesAreZeroAndScalesOneAndTheSeedDecidesTheRest) {
    auto one = with_all(1), same = with_all(1), other = with_all(2);
    EXPECT_TRUE(at::equal(one.linear.weight, same.linear.weight));
    EXPECT_TRUE(at::equal(one.conv.weight, same.conv.weight));
    EXPECT_FALSE(at::equal(one.linear.weight, other.linear.weight));
    each_weight(one, [](const auto& name, const auto& tensor) {
        const bool scale = name == "norm.weight";
        if (!scale && !name.ends_with(".bias")) return;
        EXPECT_TRUE(at::equal(tensor, at::full_like(tensor, scale ? 1 : 0))) << name;
    });
    auto half = with_all(1, 1, at::kHalf);
    EXPECT_TRUE(at::equal(half.linear.weight, one.linear.weight.to(at::kHalf)));
}

}  // namespace lorikeet::nn
