#include "optim/clip.hpp"

#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "optim/support.hpp"
#include "support/golden.hpp"

namespace lorikeet::optim {

TEST(ClipGradNormGolden, NormsAreThoseOfTorchOverAllTensorsTogether) {
    const auto file = support::golden("adamw");
    const auto norms = file.get("norms");
    std::vector<at::Tensor> weights;
    for (const auto* name : {"start.0", "start.1", "start.2"})
        weights.push_back(parameter(file.get(name).clone()));
    for (std::int64_t step = 0; step < norms.size(0); ++step) {
        for (std::size_t i = 0; i < weights.size(); ++i)
            weights[i].mutable_grad() = file.get(fmt::format("grad.{}.{}", step, i)).clone();
        EXPECT_NEAR(clip_grad_norm(gradients_of(weights), 1), norms[step].item<double>(), 1e-5) << step;
    }
}

TEST(ClipGradNorm, ScalesOnlyWhatIsTooLong) {
    auto a = parameter(at::zeros({2})), b = parameter(at::zeros({1})), without = parameter(at::zeros({1}));
    a.mutable_grad() = at::tensor({3.0F, 0.0F});
    b.mutable_grad() = at::tensor({4.0F});
    const std::vector<at::Tensor> all{a, b, without};
    EXPECT_NEAR(clip_grad_norm(gradients_of(all), 0), 5, 1e-6);
    EXPECT_NEAR(clip_grad_norm(gradients_of(all), 10), 5, 1e-6);
    EXPECT_FLOAT_EQ(b.grad().item<float>(), 4);
    EXPECT_NEAR(clip_grad_norm(gradients_of(all), 1), 5, 1e-6);
    EXPECT_NEAR(b.grad().item<double>(), 0.8, 1e-5);
    EXPECT_NEAR(clip_grad_norm(gradients_of(all), 0), 1, 1e-5);
}

TEST(ClipGradNorm, QueuedItDoesTheSame) {
    for (const double most : {0.0, 1.0, 10.0}) {
        auto a = parameter(at::zeros({2})), b = parameter(at::zeros({2}));
        const std::vector<at::Tensor> first{a}, second{b};
        a.mutable_grad() = at::tensor({3.0F, 4.0F});
        b.mutable_grad() = at::tensor({3.0F, 4.0F});
        EXPECT_NEAR(clip_grad_norm_queued(gradients_of(second), most).item<double>(),
                    clip_grad_norm(gradients_of(first), most), 1e-6);
        EXPECT_TRUE(at::allclose(a.grad(), b.grad(), 1e-6)) << most;
    }
    EXPECT_FALSE(clip_grad_norm_queued({}, 1).defined());
}

TEST(ClipGradNorm, LeavesGradientsThatAreNotFinite) {
    auto a = parameter(at::zeros({2}));
    a.mutable_grad() = at::tensor({INFINITY, 1.0F});
    EXPECT_TRUE(std::isinf(clip_grad_norm(gradients_of(std::vector<at::Tensor>{a}), 1)));
    EXPECT_FLOAT_EQ(a.grad()[1].item<float>(), 1);
}

// torch adds 1e-6 to the norm before it divides: gradients as small as that become smaller still.
TEST(ClipGradNorm, TheGuardOfTorchIsInTheDivisor) {
    const auto a = parameter(at::zeros({1})), b = parameter(at::zeros({1}));
    a.mutable_grad() = at::full({1}, 2e-6);
    b.mutable_grad() = at::full({1}, 2e-6);
    clip_grad_norm(gradients_of(std::vector<at::Tensor>{a}), 1e-6);
    clip_grad_norm_queued(gradients_of(std::vector<at::Tensor>{b}), 1e-6);
    for (const auto& one : {a, b}) EXPECT_NEAR(one.grad().item<double>(), 2e-6 / 3, 1e-9);
}

// A step that is recorded cannot look at the norm; its caller finds the NaN and moves nothing.
TEST(ClipGradNorm, QueuedItSpoilsGradientsWhoseNormIsNotFinite) {
    const auto a = parameter(at::zeros({2}));
    a.mutable_grad() = at::tensor({INFINITY, 1.0F});
    const std::vector<at::Tensor> all{a};
    EXPECT_TRUE(std::isinf(clip_grad_norm_queued(gradients_of(all), 1).item<double>()));
    EXPECT_TRUE(std::isnan(a.grad()[0].item<float>()));
    EXPECT_EQ(a.grad()[1].item<float>(), 0);
}

TEST(ClipGradNorm, WithoutGradientsThereIsNoNormAndNoGradientIsMade) {
    const std::vector<at::Tensor> all{parameter(at::ones({2}))};
    EXPECT_EQ(clip_grad_norm(gradients_of(all), 1), 0);
    EXPECT_EQ(clip_grad_norm({}, 1), 0);
    EXPECT_FALSE(all[0].grad().defined());
    all[0].mutable_grad() = at::zeros({2});
    EXPECT_EQ(clip_grad_norm(gradients_of(all), 1), 0);  // of zeros: not divided by
    EXPECT_TRUE(at::equal(all[0].grad(), at::zeros({2})));
}

}  // namespace lorikeet::optim
