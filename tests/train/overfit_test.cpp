// It must also learn: a LoRA beside a frozen network learns four random images by heart.
#include <gtest/gtest.h>

#include "adapters/network.hpp"
#include "diffusion/loss.hpp"
#include "diffusion/noising.hpp"
#include "models/key_map.hpp"
#include "models/unet.hpp"
#include "nn/visitors.hpp"
#include "optim/adamw.hpp"
#include "tensor/device.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::train {

TEST(OverfitSlow, LossOnFourRandomImagesFallsToAQuarter) {
    tensor::set_threads(1);
    models::UnetSpec spec;
    spec.widths = {16, 16};
    spec.depths = {1, 1};
    spec.blocks = 1;
    spec.heads = 2;
    spec.context_width = 8;
    spec.groups = 4;
    models::Unet unet(spec);
    nn::InitWeights init(1, 1);
    unet.visit(init);

    adapters::FindTargets find(adapters::Half::Unet,
                               [&](const auto& path) { return models::kohya_unet_name(spec, path); });
    unet.visit(find);
    const adapters::Network network(find.targets, {.rank = 16, .alpha = 16}, 1);
    auto parameters = network.parameters(adapters::Half::Unet);
    optim::AdamW optimizer({{"unet", parameters.names, parameters.tensors, 0.01}}, {});

    auto draw = tensor::generator(1, tensor::Stream::Sample);
    const auto schedule = diffusion::make_schedule();
    const auto latents = at::randn({4, 4, 8, 8}, draw), noise = at::randn({4, 4, 8, 8}, draw);
    const auto context = at::randn({4, 3, 8}, draw);
    const auto timesteps = at::tensor({100, 300, 500, 800}, at::kLong);
    const auto noisy = diffusion::add_noise(schedule, latents, noise, timesteps);
    const auto step = [&] {
        optimizer.zero_grad();
        const auto loss = diffusion::loss_of(unet(noisy, timesteps, context), noise).mean();
        loss.backward();
        optimizer.step(1);
        return loss.item<double>();
    };
    const double before = step();
    double after = before;
    for (int i = 0; i < 300; ++i) after = step();
    EXPECT_LT(after, before / 4) << "from " << before;
}

}  // namespace lorikeet::train
