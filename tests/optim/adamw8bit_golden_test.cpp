#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "optim/adamw8bit.hpp"
#include "support/golden.hpp"

namespace lorikeet::optim {

using support::expect_near;
using support::golden;
using support::test_device;

TEST(DynamicMapGolden, ValuesAreThoseOfBitsandbytes) {
    const auto file = golden("adamw8bit");
    EXPECT_TRUE(at::equal(DynamicMap(Sign::Signed, test_device()).values(), file.get("map.signed")));
    EXPECT_TRUE(at::equal(DynamicMap(Sign::Unsigned, test_device()).values(), file.get("map.unsigned")));
}

TEST(AdamW8bitGolden, StepsAreThoseOfBitsandbytes) {
    const auto file = golden("adamw8bit");
    constexpr std::array kNames{"a", "b", "c"};
    ParamGroup group{"all", {kNames.begin(), kNames.end()}, {}, 0.01};
    for (std::size_t i = 0; i < kNames.size(); ++i)
        group.tensors.push_back(file.get(fmt::format("start.{}", i)).to(at::kFloat).requires_grad_());
    const auto weights = group.tensors;
    AdamW8bit optimizer({std::move(group)}, {.betas = {0.9, 0.99}, .eps = 1e-7, .weight_decay = 0.1});
    for (int step = 0; step < 5; ++step) {
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i].mutable_grad() = file.get(fmt::format("grad.{}.{}", step, i)).to(at::kFloat);
        optimizer.step(1);
    }
    for (std::size_t i = 0; i < weights.size(); ++i)
        expect_near(weights[i].detach(), file.get(fmt::format("after.{}", i)), 1e-6, kNames[i]);
    const auto state = optimizer.state();
    for (std::size_t i = 0; i < 2; ++i)
        for (const auto& [ours, codes, scales] :
             {std::array{"exp_avg", "state1", "absmax1"}, {"exp_avg_sq", "state2", "absmax2"}}) {
            const auto key = fmt::format("{}.{}", kNames[i], ours);
            expect_near(state.at(key + ".scales").flatten(), file.get(fmt::format("{}.{}", scales, i)), 1e-6,
                        key);
            const auto wanted = file.get(fmt::format("{}.{}", codes, i)).flatten();
            EXPECT_TRUE(at::equal(state.at(key + ".codes").flatten().narrow(0, 0, wanted.numel()), wanted))
                << key;
        }
}

// The reference's own two curves, in 8 bits and in float32, lie at most 2.2 % apart.
TEST(AdamW8bitGolden, TheLossesAreThoseOfTheReferenceAndNearThoseInFloat32) {
    const auto file = golden("adamw8bit");
    const auto inputs = file.get("inputs").to(at::kFloat), wanted = file.get("wanted").to(at::kFloat);
    const auto exact = file.get("losses.float32"), eight = file.get("losses.8bit");
    const auto weight = at::zeros({64, 80}, test_device()).requires_grad_();
    AdamW8bit optimizer({{"all", {"w"}, {weight}, 0.01}}, {.weight_decay = 0.01});
    for (std::int64_t step = 0; step < exact.size(0); ++step) {
        optimizer.zero_grad();
        const auto loss = (at::matmul(inputs, weight.t()) - wanted).square().mean();
        loss.backward();
        optimizer.step(1);
        const auto value = loss.item<double>();
        EXPECT_NEAR(value, eight[step].item<double>(), 2e-3 * value) << "step " << step;
        EXPECT_NEAR(value, exact[step].item<double>(), 0.022 * value) << "step " << step;
    }
}

}  // namespace lorikeet::optim
