#include "optim/adamw8bit.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::optim {
namespace {

at::Tensor numbers(std::uint64_t seed, at::IntArrayRef sizes) {
    auto generator = tensor::generator(seed, tensor::Stream::Init);
    return at::randn(sizes, generator, at::kFloat);
}

// Two large parameters, one of them with a block that is not full, and a small one.
struct Problem {
    std::vector<at::Tensor> weights{at::zeros({64, 80}).requires_grad_(), at::zeros({4099}).requires_grad_(),
                                    at::zeros({30}).requires_grad_()};
    std::vector<at::Tensor> targets{numbers(1, {64, 80}), numbers(2, {4099}), numbers(3, {30})};

    std::vector<ParamGroup> groups() const {
        return {{"text", {"a"}, {weights[0]}, 0.05}, {"unet", {"b", "c"}, {weights[1], weights[2]}, 0.05}};
    }
    void descend(Optimizer& optimizer) const {
        optimizer.zero_grad();
        for (std::size_t i = 0; i < weights.size(); ++i) (weights[i] - targets[i]).square().sum().backward();
        optimizer.step(1);
    }
};

}  // namespace

TEST(AdamW8bit, SolvesASmallProblem) {
    const Problem problem;
    AdamW8bit optimizer(problem.groups(), {.weight_decay = 0});
    for (int i = 0; i < 300; ++i) problem.descend(optimizer);
    for (std::size_t i = 0; i < problem.weights.size(); ++i)
        EXPECT_LT((problem.weights[i] - problem.targets[i]).abs().max().item<double>(), 0.02) << i;
}

TEST(AdamW8bit, KeepsLargeParametersInAQuarterOfTheMemory) {
    const Problem problem;
    AdamW8bit eight(problem.groups(), {});
    problem.descend(eight);
    const auto bytes_of = [](const tensor::NamedTensors& state, const std::string& name) {
        std::size_t bytes = 0;
        for (const auto& [key, tensor] : state)
            if (key.starts_with(name + ".exp_avg")) bytes += tensor.nbytes();
        return bytes;
    };
    const std::size_t in_float32 = 2 * 4 * 64 * 80;
    EXPECT_LE(bytes_of(eight.state(), "a"), in_float32 * 26 / 100);
    EXPECT_EQ(bytes_of(eight.state(), "c"), 2U * 4 * 30);  // small: float32
    std::int64_t all = 0;
    for (const auto& [name, tensor] : eight.state()) all += static_cast<std::int64_t>(tensor.nbytes());
    EXPECT_EQ(eight.state_bytes(), all);
}

TEST(AdamW8bit, GoesOnFromASavedStateAsIfNeverStopped) {
    const Problem problem, other;
    AdamW8bit never_stopped(problem.groups(), {});
    for (int i = 0; i < 4; ++i) problem.descend(never_stopped);
    for (std::size_t i = 0; i < other.weights.size(); ++i) other.weights[i].data().copy_(problem.weights[i]);
    AdamW8bit second(other.groups(), {});
    tensor::NamedTensors saved;
    for (const auto& [name, tensor] : never_stopped.state()) saved[name] = tensor.clone();
    second.load_state(saved);
    for (int i = 0; i < 4; ++i) {
        problem.descend(never_stopped);
        other.descend(second);
    }
    for (std::size_t i = 0; i < other.weights.size(); ++i)
        EXPECT_TRUE(at::equal(problem.weights[i], other.weights[i])) << i;
}

TEST(AdamW8bit, LeavesParametersWithoutAGradientAlone) {
    const auto used = at::ones({5000}).requires_grad_(), unused = at::ones({5000}).requires_grad_();
    AdamW8bit optimizer({{"all", {"used", "unused"}, {used, unused}, 0.1}}, {});
    used.sum().backward();
    optimizer.step(1);
    EXPECT_FALSE(at::equal(used, at::ones({5000})));
    EXPECT_TRUE(at::equal(unused, at::ones({5000})));
    EXPECT_EQ(optimizer.state().size(), 5U);
}

TEST(AdamW8bit, RefusesAStateOfAnotherNetworkOrRule) {
    const Problem problem;
    AdamW8bit optimizer(problem.groups(), {});
    EXPECT_THROW(optimizer.load_state({{"other.step", at::zeros({})}}), base::Error);
    AdamW plain(problem.groups(), {});
    problem.descend(plain);
    EXPECT_THROW(optimizer.load_state(plain.state()), base::Error);
}

}  // namespace lorikeet::optim
