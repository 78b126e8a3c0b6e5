#include "adapters/lora_file.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "adapters/surgery.hpp"
#include "adapters/tiny_model.hpp"
#include "base/error.hpp"
#include "support/toy_kind.hpp"

namespace lorikeet::adapters {

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
    EXPECT_TRUE(notes_on(parse_lora(tensors, {}, "x.safetensors")).empty());
    auto bundled = tensors;
    bundled["bundle_emb.my\x1b[2Jbird.clip_l"] = bundled["bundle_emb.my\x1b[2Jbird.clip_g"] =
        at::zeros({1, 4});
    EXPECT_NE(notes_on(parse_lora(bundled, {}, "x.safetensors")).at(0).find("the embedding my\\x1b[2Jbird,"),
              std::string::npos);
    auto odd = tensors;
    odd["extra"] = odd["more"] = at::zeros({0});
    EXPECT_EQ(notes_on(parse_lora(odd, {}, "x.safetensors")).at(0),
              "x.safetensors also holds extra and 1 more tensor, which are not used.");
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

TEST(LoraFile, AnAlphaThatIsNotWhatItSeemsIsTold) {
    const auto notes_for = [](double alpha) {
        return notes_on(parse_lora({{"n.lora_down.weight", at::ones({2, 6})},
                                    {"n.lora_up.weight", at::ones({8, 2})},
                                    {"n.alpha", at::scalar_tensor(alpha)},
                                    {"m.lora_down.weight", at::ones({2, 6})},
                                    {"m.lora_up.weight", at::ones({8, 2})}},
                                   {}, "x.safetensors"));
    };
    EXPECT_TRUE(notes_for(2).empty());  // and a layer without one counts as its rank without a word
    for (const auto& [alpha, words] :
         {std::pair{0.0, "alpha is 0 in 1 of 2 layers, which counts as the rank"},
          {-2.0, "alpha is negative in 1 of 2 layers, so that one is subtracted"},
          {60000.0, "alpha is more than 64 times the rank in 1 of 2 layers"}}) {
        ASSERT_EQ(notes_for(alpha).size(), 1U) << alpha;
        EXPECT_NE(notes_for(alpha)[0].find(words), std::string::npos) << notes_for(alpha)[0];
    }
}

}  // namespace lorikeet::adapters
