// A model of four layers for the tests of adapters, and what they put into it.
#pragma once

#include <filesystem>
#include <string>

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "adapters/lora.hpp"
#include "adapters/network.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "nn/visitors.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::adapters {

// Two linears, a 1 x 1 and a 3 x 3 convolution, of which kohya trains all but the last.
struct TinyModel {
    nn::Linear first{6, 8, nn::Bias::No};
    nn::Linear second{8, 6};
    nn::Conv2d proj = nn::conv1x1(6, 6);
    nn::Conv2d wide = nn::conv3x3(6, 6);

    explicit TinyModel(std::uint64_t seed) {
        nn::InitWeights init(seed, 1);
        visit(init);
    }
    void visit(nn::Visitor& visitor) {
        const nn::Visitor::Scope scope(visitor, "blocks.0", nn::BlockKind::Transformer);
        first.visit(visitor, "first");
        second.visit(visitor, "second");
        proj.visit(visitor, "proj");
        const nn::Visitor::Scope inner(visitor, "res", nn::BlockKind::Resnet);
        wide.visit(visitor, "wide");
    }
    at::Tensor operator()(const at::Tensor& x) const {
        const auto tokens = second(at::gelu(first(x.flatten(2).transpose(1, 2))));
        return wide(proj(tokens.transpose(1, 2).reshape(x.sizes())));
    }
    std::vector<Target> targets(Reach reach = Reach::Trained) {
        FindTargets find(
            Half::Unet, [](const auto& path) { return "lora_unet_" + base::replace_all(path, ".", "_"); },
            reach);
        visit(find);
        return find.targets;
    }
};

inline void make_busy(Network& network) {
    const at::NoGradGuard no_grad;
    std::uint64_t seed = 1;
    for (const auto& module : network.modules()) {
        auto generator = tensor::generator(seed++, tensor::Stream::Init);
        dynamic_cast<Lora&>(*module.module).up.uniform_(-1, 1, generator);
    }
}

inline at::Tensor images() {
    auto generator = tensor::generator(9, tensor::Stream::Noise);
    return at::randn({2, 6, 3, 3}, generator, at::kFloat);
}

struct ScratchFile {
    base::Path path = std::filesystem::temp_directory_path() /
                      ("lorikeet_lora_" + std::to_string(::getpid()) + "_" +  // the same tests run beside it
                       std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) +
                       ".safetensors");
    ~ScratchFile() { std::filesystem::remove(path); }
};

}  // namespace lorikeet::adapters
