#include "adapters/network.hpp"

#include <cstdint>

#include <gtest/gtest.h>

#include "adapters/tiny_model.hpp"
#include "base/error.hpp"
#include "support/toy_kind.hpp"
#include "tensor/flat.hpp"

namespace lorikeet::adapters {

TEST(Network, FreshOneChangesNothingAndLeavesTheSlotsEmptyAgain) {
    TinyModel model(1);
    const auto before = model(images());
    {
        const Network network(model.targets(), {.rank = 2, .alpha = 1}, 1);
        EXPECT_FALSE(model.first.slot.is_empty());
        EXPECT_TRUE(at::equal(model(images()), before));
    }
    EXPECT_TRUE(model.first.slot.is_empty());
}

TEST(Network, StrengthZeroIsAsIfItWereNotThere) {
    TinyModel model(1);
    const auto before = model(images());
    Network network(model.targets(), {.rank = 2, .alpha = 1}, 1);
    make_busy(network);
    EXPECT_FALSE(at::allclose(model(images()), before));
    network.set_strength(0);
    EXPECT_TRUE(at::equal(model(images()), before));
}

TEST(Network, SeveralOnOneModelActEachAtItsOwnStrength) {
    TinyModel model(1);
    const auto plain = model.first.alone(images().flatten(2).transpose(1, 2));
    const auto result = [&] { return model.first(images().flatten(2).transpose(1, 2)); };
    Network lora(model.targets(), {.rank = 2, .alpha = 1}, 1);
    make_busy(lora);
    const auto from_lora = result() - plain;
    Network scale(model.targets(), {.kind = &support::kToy}, 2);
    for (const auto& placed : scale.modules())
        placed.tensors().at(std::string(support::OutputScale::kScale)).fill_(0.5);
    EXPECT_TRUE(at::allclose(result(), plain * 1.5 + from_lora, 1e-5, 1e-5));
    lora.set_strength(0.5);
    scale.set_strength(-2);
    EXPECT_TRUE(at::allclose(result(), plain * 0 + from_lora * 0.5, 1e-5, 1e-5));
    lora.set_strength(0);
    scale.set_strength(0);
    EXPECT_TRUE(at::equal(result(), plain)) << "as if there were none, bit for bit";
}

TEST(Network, ParametersOfAHalfLieInOneBufferAndStayThere) {
    TinyModel model(1);
    Network network(model.targets(), {.rank = 32, .alpha = 1}, 1);
    const auto all = network.parameters(Half::Unet).tensors;
    ASSERT_GE(all.size(), 2U);
    for (const auto& one : all) {
        EXPECT_TRUE(one.storage().is_alias_of(all[0].storage()));
        EXPECT_TRUE(one.is_leaf() && one.requires_grad());
    }
    EXPECT_TRUE(tensor::is_followed_by(all[0], all[1]));
    tensor::NamedTensors kept;
    for (const auto& [name, tensor] : network.tensors()) kept[name] = tensor + 1;
    network.load(kept);
    const auto loaded = network.parameters(Half::Unet);
    EXPECT_TRUE(loaded.tensors[1].is_same(all[1]));
    EXPECT_TRUE(at::equal(all[1], kept.at(loaded.names[1])));
}

TEST(Network, CastsAreTheParametersRoundedAndBeginAtACacheLine) {
    TinyModel model(1);
    Network network(model.targets(), {.rank = 8, .compute = at::kBFloat16}, 1);
    make_busy(network);
    network.begin_step(0, 0);
    for (const auto& placed : network.modules())
        for (const auto& parameter : placed.module->tensors().parameters) {
            const auto& cast = *parameter.cast;
            EXPECT_TRUE(at::equal(cast, parameter.tensor->detach().flatten(1).to(at::kBFloat16)));
            EXPECT_EQ(reinterpret_cast<std::uintptr_t>(cast.const_data_ptr()) % 64, 0U);
        }
}

TEST(Network, TwoLorasAddUp) {
    TinyModel model(1);
    const auto before = model.first(images().flatten(2).transpose(1, 2));
    const auto result = [&] { return model.first(images().flatten(2).transpose(1, 2)) - before; };
    Network one(model.targets(), {.rank = 2, .alpha = 1}, 1);
    make_busy(one);
    const auto alone = result();
    {
        Network two(model.targets(), {.rank = 3, .alpha = 2}, 2);
        make_busy(two);
        const auto both = result();
        one.set_strength(0);
        EXPECT_TRUE(at::allclose(both, alone + result(), 1e-5, 1e-5));
        EXPECT_TRUE(one.parameters(Half::Unet).tensors[0].requires_grad());
    }
    one.set_strength(1);
    EXPECT_TRUE(at::equal(result(), alone)) << "the second took only its own modules along";
}

TEST(Network, TrainsOneHalfAloneFromTheSameNumbers) {
    TinyModel model(1);
    auto targets = model.targets();
    targets[0].half = Half::Text;
    at::Tensor both;
    {
        const Network network(targets, {.rank = 2}, 1);
        EXPECT_EQ(network.parameters(Half::Text).tensors.size(), 2U);
        both = network.parameters(Half::Unet).tensors[0];
    }
    const Network alone(targets, {.rank = 2, .train_text = false}, 1);
    EXPECT_TRUE(alone.parameters(Half::Text).tensors.empty());
    EXPECT_TRUE(at::equal(alone.parameters(Half::Unet).tensors[0], both));
    EXPECT_TRUE(model.first.slot.is_empty());
}

TEST(Network, NothingToTrainIsAnError) {
    TinyModel model(1);
    EXPECT_THROW(Network(model.targets(), {.train_unet = false}, 1), base::Error);
}

TEST(Network, DropsTheSameInTheSameStepAndNothingInEval) {
    TinyModel model(1);
    Network network(model.targets(), {.rank = 2, .dropout = 0.5}, 1);
    make_busy(network);
    network.begin_step(3, 0);
    const auto first = model(images());
    network.begin_step(3, 1);
    EXPECT_FALSE(at::equal(model(images()), first));
    network.begin_step(3, 0);
    EXPECT_TRUE(at::equal(model(images()), first));
    network.set_mode(Mode::Eval);
    const auto calm = model(images());
    network.begin_step(4, 0);
    EXPECT_TRUE(at::equal(model(images()), calm));
}

}  // namespace lorikeet::adapters
