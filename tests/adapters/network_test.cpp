#include "adapters/network.hpp"

#include <filesystem>
#include <limits>

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "adapters/surgery.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "nn/visitors.hpp"
#include "support/toy_kind.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::adapters {
namespace {

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

void make_busy(Network& network) {
    const at::NoGradGuard no_grad;
    std::uint64_t seed = 1;
    for (const auto& module : network.modules()) {
        auto generator = tensor::generator(seed++, tensor::Stream::Init);
        dynamic_cast<Lora&>(*module.module).up.uniform_(-1, 1, generator);
    }
}

at::Tensor images() {
    auto generator = tensor::generator(9, tensor::Stream::Noise);
    return at::randn({2, 6, 3, 3}, generator, at::kFloat);
}

struct ScratchFile {
    base::Path path = std::filesystem::temp_directory_path() /
                      ("lorikeet_lora_" +
                       std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) +
                       ".safetensors");
    ~ScratchFile() { std::filesystem::remove(path); }
};

}  // namespace

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

TEST(LoraFile, SavedAndLoadedIsEqual) {
    const ScratchFile scratch;
    TinyModel model(1);
    tensor::NamedTensors saved;
    at::Tensor result;
    {
        Network network(model.targets(), {.rank = 2, .alpha = 3}, 1);
        make_busy(network);
        result = model(images());
        saved = network.tensors();
        save_lora(scratch.path, network, at::kFloat, {{"ss_output_name", "x"}});
    }
    const auto file = read_lora(scratch.path);
    EXPECT_EQ(file.metadata.at("ss_output_name"), "x");
    std::vector<std::string> unknown;
    const auto network = network_from(file, model.targets(), {}, 1, unknown);
    EXPECT_TRUE(unknown.empty());
    for (const auto& [name, tensor] : network->tensors())
        EXPECT_TRUE(at::equal(tensor, saved.at(name))) << name;
    EXPECT_TRUE(at::equal(model(images()), result));
    EXPECT_TRUE(network->parameters(Half::Unet).tensors[0].requires_grad());
}

TEST(LoraFile, OfAnotherKindIsToldAndGoesOnAsItWas) {
    const ScratchFile scratch;
    TinyModel model(1);
    at::Tensor result;
    {
        const Network network(model.targets(), {.kind = &support::kToy}, 1);
        std::uint64_t seed = 1;
        for (const auto& placed : network.modules()) {
            auto generator = tensor::generator(seed++, tensor::Stream::Init);
            placed.tensors().at(std::string(support::OutputScale::kScale)).uniform_(-1, 1, generator);
        }
        result = model(images());
        save_lora(scratch.path, network, at::kFloat, {});
    }
    EXPECT_THROW(read_lora(scratch.path), base::Error) << "no row of the table tells it";
    const support::ToyKind toy;
    const auto file = read_lora(scratch.path);
    EXPECT_EQ(kind_in(io::SafetensorsFile(scratch.path)), &support::kToy);
    EXPECT_EQ(file.entries.begin()->second.kind, &support::kToy);
    std::vector<std::string> unknown;
    {
        const auto network = network_from(file, model.targets(), {}, 1, unknown);
        EXPECT_TRUE(at::equal(model(images()), result));
    }
    merge(file, model.targets(), 1);
    EXPECT_TRUE(at::allclose(model(images()), result, 1e-5, 1e-5));
}

TEST(LoraFile, SaysWhichNamesItDoesNotKnow) {
    TinyModel model(1);
    const auto down = at::zeros({2, 6}), up = at::zeros({8, 2});
    const auto file = parse_lora({{"lora_unet_blocks_0_first.lora_down.weight", down},
                                  {"lora_unet_blocks_0_first.lora_up.weight", up},
                                  {"lora_unet_elsewhere.lora_down.weight", down},
                                  {"lora_unet_elsewhere.lora_up.weight", up}},
                                 {}, "x.safetensors");
    EXPECT_EQ(file.entries.begin()->second.facts().alpha, 2);  // no alpha in the file: the rank
    const auto fitting = fit(file, model.targets());
    EXPECT_EQ(fitting.unknown, std::vector<std::string>{"lora_unet_elsewhere"});
    EXPECT_EQ(fitting.given.size(), 1U);
    std::vector<std::string> unknown;
    const auto network = network_from(file, model.targets(), {.rank = 5, .alpha = 5}, 1, unknown);
    ASSERT_EQ(network->modules().size(), model.targets().size()) << "what the file lacks is made fresh";
    EXPECT_EQ(network->modules()[0].facts().rank, 2);
    EXPECT_EQ(network->modules()[1].facts().rank, 5);
}

TEST(LoraFile, RefusesWhatIsNotALoraOrIsBroken) {
    const auto a = at::zeros({2, 6}), b = at::zeros({8, 2});
    const auto code_of = [](const tensor::NamedTensors& tensors) {
        try {
            parse_lora(tensors, {}, "x.safetensors");
        } catch (const base::Error& error) {
            return error.code();
        }
        return base::ErrorCode::Internal;
    };
    EXPECT_EQ(code_of({}), base::ErrorCode::Unsupported);
    EXPECT_EQ(code_of({{"n.hada_w1_a", a}}), base::ErrorCode::Unsupported);
    EXPECT_EQ(code_of({{"n.lora_down.weight", a}}), base::ErrorCode::Corrupt);
    EXPECT_EQ(code_of({{"n.lora_down.weight", a}, {"n.lora_up.weight", a}}), base::ErrorCode::Corrupt);
    EXPECT_EQ(code_of({{"n.lora_down.weight", a}, {"n.lora_up.weight", b}, {"n.alpha", at::zeros({2})}}),
              base::ErrorCode::Corrupt);
    EXPECT_EQ(
        code_of({{"n.lora_down.weight", a}, {"n.lora_up.weight", b}, {"n.alpha", at::scalar_tensor(NAN)}}),
        base::ErrorCode::Corrupt);
}

TEST(LoraFile, ALayerThatIsNotFiniteIsNamedWhereItIsUsed) {
    TinyModel model(1);
    const auto a = at::zeros({2, 6}), b = at::zeros({8, 2});
    const auto bad = at::full({8, 2}, std::numeric_limits<float>::infinity());
    const auto message_for = [&](const at::Tensor& used, const at::Tensor& elsewhere) {
        const auto file = parse_lora({{"lora_unet_blocks_0_first.lora_down.weight", a},
                                      {"lora_unet_blocks_0_first.lora_up.weight", used},
                                      {"lora_unet_elsewhere.lora_down.weight", a},
                                      {"lora_unet_elsewhere.lora_up.weight", elsewhere}},
                                     {}, "x.safetensors");
        try {
            fit(file, model.targets());
        } catch (const base::Error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(message_for(bad, b),
              "x.safetensors: the layer lora_unet_blocks_0_first holds 16 infinities in lora_up.");
    EXPECT_EQ(message_for(b, bad), "");
}

TEST(LoraFile, WhatIsNoLayerIsToldAndWhatIsOfAnotherKindIsRefusedByName) {
    const auto a = at::zeros({2, 6}), b = at::zeros({8, 2});
    tensor::NamedTensors tensors{{"n.lora_down.weight", a}, {"n.lora_up.weight", b}};
    EXPECT_EQ(words_for_left_out(parse_lora(tensors, {}, "x.safetensors")), "");
    auto bundled = tensors;
    bundled["bundle_emb.my\x1b[2Jbird.clip_l"] = bundled["bundle_emb.my\x1b[2Jbird.clip_g"] =
        at::zeros({1, 4});
    EXPECT_NE(
        words_for_left_out(parse_lora(bundled, {}, "x.safetensors")).find("the embedding my\\x1b[2Jbird,"),
        std::string::npos);
    auto odd = tensors;
    odd["extra"] = odd["more"] = at::zeros({0});
    EXPECT_EQ(words_for_left_out(parse_lora(odd, {}, "x.safetensors")),
              "x.safetensors also holds extra and 1 more tensors, which are not used.");
    for (const auto& [name, kind] : {std::pair{"n.dora_scale", "DoRA"},
                                     {"n.lora_mid.weight", "Tucker"},
                                     {"n.diff_b", "differences"},
                                     {"n.lokr_w1", "LoKr"},
                                     {"n.hada_w1_a", "LoHa"},
                                     {"n.diff", "differences"}}) {
        auto other = tensors;
        other[name] = at::zeros({1});
        try {
            parse_lora(other, {}, "x.safetensors");
            ADD_FAILURE() << name;
        } catch (const base::Error& error) {
            EXPECT_NE(std::string(error.what()).find(kind), std::string::npos) << error.what();
        }
    }
}

TEST(LoraFile, RefusesALayerOfAnotherWidth) {
    TinyModel model(1);
    const auto file = parse_lora({{"lora_unet_blocks_0_first.lora_down.weight", at::zeros({2, 7})},
                                  {"lora_unet_blocks_0_first.lora_up.weight", at::zeros({8, 2})}},
                                 {}, "x.safetensors");
    EXPECT_THROW(fit(file, model.targets()), base::Error);
}

TEST(Merge, ThenRunIsRunWithTheAdapter) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        TinyModel model(seed);
        at::Tensor with_adapter;
        LoraFile file;
        {
            Network network(model.targets(Reach::Everything), {.rank = 2, .alpha = 3}, seed);
            make_busy(network);
            network.set_strength(0.7);
            with_adapter = model(images());
            file = parse_lora(network.tensors(), {}, "test");
        }
        EXPECT_TRUE(merge(file, model.targets(Reach::Everything), 0.7).empty());
        const auto merged = model(images());
        EXPECT_TRUE(at::allclose(merged, with_adapter, 1e-5, 1e-5 * merged.abs().max().item<double>()))
            << "seed " << seed;
    }
}

TEST(Merge, ASumThatIsTooLargeIsNamedAndFp8BecomesFloat16) {
    TinyModel model(1);
    const auto lora = [](float size) {
        return parse_lora({{"lora_unet_blocks_0_first.lora_down.weight", at::full({2, 6}, size)},
                           {"lora_unet_blocks_0_first.lora_up.weight", at::full({8, 2}, size)}},
                          {}, "x.safetensors");
    };
    model.first.weight = model.first.weight.to(at::kFloat8_e4m3fn);
    const auto before = model.first.weight.to(at::kFloat);
    merge(lora(0.01F), model.targets(), 1);
    EXPECT_EQ(model.first.weight.scalar_type(), at::kHalf);
    EXPECT_TRUE(at::allclose(model.first.weight.to(at::kFloat), before + 0.0002, 1e-3, 1e-5));
    EXPECT_THROW(merge(lora(1000), model.targets(), 1), base::Error);
}

TEST(Merge, RefusesALoraOfWhichMostHasNoPlace) {
    TinyModel model(1);
    tensor::NamedTensors tensors;
    const auto add = [&](const std::string& layer) {
        tensors[layer + ".lora_down.weight"] = at::full({2, 6}, 0.1F);
        tensors[layer + ".lora_up.weight"] = at::full({8, 2}, 0.1F);
    };
    add("lora_unet_blocks_0_first");
    add("lora_unet_elsewhere_a");
    EXPECT_EQ(merge(parse_lora(tensors, {}, "x.safetensors"), model.targets(), 1).size(),
              1);  // told by the caller
    add("lora_unet_elsewhere_b");
    const auto before = model.first.weight.clone();
    try {
        merge(parse_lora(tensors, {}, "x.safetensors"), model.targets(), 1);
        ADD_FAILURE() << "two of three layers have no place";
    } catch (const base::Error& error) {
        EXPECT_NE(std::string(error.what()).find("2 of the 3 layers of x.safetensors"), std::string::npos)
            << error.what();
    }
    EXPECT_TRUE(at::equal(model.first.weight, before));
}

}  // namespace lorikeet::adapters
