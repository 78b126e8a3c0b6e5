#include "tag/blip.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tag/captioner.hpp"
#include "tag/golden_blip.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::tag {

namespace {

std::string blip_complaint(const base::Path& folder) {
    try {
        const Blip blip(folder, {});
    } catch (const base::Error& error) {
        return error.what();
    }
    return {};
}

std::string complaint_of_changed(const std::function<void(tensor::NamedTensors&)>& change) {
    const support::TempFolder folder;
    support::write_captioner(folder.path());
    tensor::NamedTensors weights;
    {
        const tensor::WeightFile file(folder.path() / "model.safetensors");
        for (const auto& entry : file.entries()) weights[entry.name] = file.get(entry.name).clone();
    }
    change(weights);
    tensor::save_tensors(folder.path() / "model.safetensors", weights);
    return blip_complaint(folder.path());
}

bool tells(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(BlipGolden, ImagesArePreparedAsTheProcessorDoes) {
    const GoldenBlip golden;
    std::vector<io::Image> images;
    for (int i = 0; i < 3; ++i) {
        const auto bytes = golden.file.tensor::WeightFile::get("image." + std::to_string(i)).contiguous();
        const auto file = golden.folder.path() / "image.png";
        base::write_whole(file, std::string_view(static_cast<const char*>(bytes.data_ptr()),
                                                 static_cast<std::size_t>(bytes.numel())));
        images.push_back(stretched_image(file, golden.blip->image_px()));
    }
    EXPECT_TRUE(at::equal(golden.blip->pixels(images), golden.file.tensor::WeightFile::get("pixels")));
}

TEST(BlipGolden, EverySearchFindsTheTokensOfTransformers) {
    const GoldenBlip golden;
    const auto pixels = golden.file.get("pixels");
    const auto cases = golden.told("cases"), wanted = golden.told("tokens"),
               captions = golden.told("captions");
    const std::vector<std::uint64_t> seeds(3, 0);
    for (const auto& [name, one] : cases.items()) {
        const auto prompt = one.value("prompt", std::string());
        const auto found = golden.blip->tokens(pixels, prompt, rules_of(one), seeds);
        for (std::size_t i = 0; i < 3; ++i) {
            EXPECT_EQ(found[i], wanted[name][i].get<Tokens>()) << name << ", image " << i;
            EXPECT_EQ(golden.blip->caption(found[i], prompt), captions[name][i].get<std::string>()) << name;
        }
        const auto alone =
            golden.blip->tokens(pixels.narrow(0, 1, 1), prompt, rules_of(one), {seeds.data(), 1});
        EXPECT_EQ(alone.front(), found[1]) << name << ": alone as among others";
    }
}

TEST(BlipGolden, AFolderThatTransformers5SavedSaysTheSame) {
    const support::TempFolder folder;
    support::write_saved_captioner(folder.path());
    const auto file = support::golden("blip_saved");
    const auto told = [&](const char* key) { return nlohmann::json::parse(file.metadata().at(key)); };
    const Blip blip(folder.path(), {at::kFloat, support::test_device()});
    EXPECT_TRUE(blip.notes().empty()) << "its processor_config.json was read";
    EXPECT_EQ(blip.image_px(), 16);
    const auto cases = told("cases"), wanted = told("tokens"), captions = told("captions");
    for (const auto& [name, one] : cases.items()) {
        const auto prompt = one.value("prompt", std::string());
        const auto found =
            blip.tokens(file.get("pixels"), prompt, rules_of(one), std::vector<std::uint64_t>(3, 0));
        for (std::size_t i = 0; i < 3; ++i) {
            EXPECT_EQ(found[i], wanted[name][i].get<Tokens>()) << name << ", image " << i;
            EXPECT_EQ(blip.caption(found[i], prompt), captions[name][i].get<std::string>()) << name;
        }
    }
    auto config = told("config");
    config["tie_word_embeddings"] = false;
    base::write_whole(folder.path() / "config.json", config.dump());
    EXPECT_TRUE(
        tells(blip_complaint(folder.path()), "text_decoder.cls.predictions.decoder.weight is missing"));
}

TEST(Blip, ThePromptStandsAsItWasTyped) {
    const GoldenBlip golden;
    const auto pixels = golden.file.get("pixels").narrow(0, 0, 1);
    SearchRules rules;
    rules.min_length = 17;
    const std::vector<std::uint64_t> seed{0};
    const auto told = [&](const std::string& prompt) {
        return golden.blip->caption(golden.blip->tokens(pixels, prompt, rules, seed).front(), prompt);
    };
    EXPECT_TRUE(told(" A photo  of\nZyx-Style, ").starts_with("A photo  of Zyx-Style,"));
    EXPECT_TRUE(told("the cat\xE2\x80\x99s d\xC3\xB3g").starts_with("the cat\xE2\x80\x99s d\xC3\xB3g"));
    EXPECT_EQ(golden.blip->caption({82, 5}, "a"), "") << "nothing follows";
    EXPECT_EQ(golden.blip->caption({82, 5, 3}, "A"), "");
    try {
        told("a " + std::string(101, 'x'));
        FAIL() << "a word that vanishes";
    } catch (const base::Error& error) {
        EXPECT_TRUE(tells(error.what(), "no word or parts of words for xxx")) << error.what();
    }
}

TEST(Blip, AStopEndsTheSearchBetweenTwoWords) {
    const GoldenBlip golden;
    base::Cancel cancel;
    cancel.request_stop();
    try {
        golden.blip->tokens(golden.file.get("pixels"), "", {}, std::vector<std::uint64_t>(3, 0), cancel);
        FAIL() << "it went on";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Interrupted);
    }
}

TEST(Blip, ADrawIsTheSameForTheSameSeed) {
    const GoldenBlip golden;
    const auto pixels = golden.file.get("pixels").narrow(0, 0, 2);
    SearchRules rules;
    rules.top_p = 0.95;
    rules.min_length = 12;
    const std::vector<std::uint64_t> seeds{5, 6};
    const auto first = golden.blip->tokens(pixels, "a", rules, seeds);
    EXPECT_EQ(golden.blip->tokens(pixels, "a", rules, seeds), first);
    const auto alone = golden.blip->tokens(pixels.narrow(0, 1, 1), "a", rules, {seeds.data() + 1, 1});
    EXPECT_EQ(alone.front(), first[1]) << "whatever other images there are";
    EXPECT_NE(golden.blip->tokens(pixels, "a", rules, std::vector<std::uint64_t>{7, 8}), first);
}

TEST(Blip, InBfloat16ItSaysNearlyTheSame) {
    const GoldenBlip golden(at::kBFloat16);
    const auto states = golden.blip->states(golden.file.get("pixels"));
    support::expect_near(states, golden.file.get("states"), 3e-2, "states");
    const auto logits = golden.blip->next_words(golden.file.get("ids"), states);
    EXPECT_EQ(logits.scalar_type(), at::kFloat);
    support::expect_near(logits, golden.file.get("logits").select(1, 5), 5e-2, "logits");
}

TEST(Blip, EveryWeightIsFoundUsedAndFinite) {
    EXPECT_EQ(complaint_of_changed([](auto&) {}), "");
    EXPECT_TRUE(tells(complaint_of_changed([](auto& all) { all["text_encoder.x"] = at::ones({2}); }),
                      "has 1 weight that this network has no place for, such as text_encoder.x"));
    const std::string query = "text_decoder.bert.encoder.layer.1.crossattention.self.query.weight";
    EXPECT_TRUE(tells(complaint_of_changed([&](auto& all) { all.erase(query); }), query + " is missing"));
    EXPECT_TRUE(tells(complaint_of_changed([](auto& all) {
                          all["vision_model.post_layernorm.bias"][1] =
                              std::numeric_limits<float>::quiet_NaN();
                      }),
                      "a NaN in vision_model.post_layernorm.bias"));
    EXPECT_TRUE(tells(complaint_of_changed([](auto& all) { all.erase("text_decoder.cls.predictions.bias"); }),
                      "of no captioner that this program knows"));
}

TEST(Blip, WhatOlderFilesHaveTwiceIsPassedOver) {
    const std::string ids = "text_decoder.bert.embeddings.position_ids",
                      bias = "text_decoder.cls.predictions.";
    EXPECT_EQ(complaint_of_changed([&](auto& all) {
                  all[ids] = at::arange(32, at::kLong).unsqueeze(0);
                  all[bias + "decoder.bias"] = all[bias + "bias"].clone();
              }),
              "");
    EXPECT_TRUE(tells(complaint_of_changed([&](auto& all) {
                          all[ids] = at::zeros({1, 32}, at::kLong);
                      }),
                      "has no place for"));
    EXPECT_TRUE(tells(complaint_of_changed([&](auto& all) { all[bias + "decoder.bias"] = at::zeros({84}); }),
                      "has no place for"));
    EXPECT_EQ(complaint_of_changed([&](auto& all) {
                  all[bias + "decoder.bias"] = all[bias + "bias"].clone();
                  all.erase(bias + "bias");
              }),
              "")
        << "under its other name alone";
}

TEST(Blip, WhatDoesNotFitIsToldInOneSentence) {
    const GoldenBlip golden;
    const auto& folder = golden.folder.path();
    const auto pixels = golden.file.get("pixels").narrow(0, 0, 1);
    const std::vector<std::uint64_t> seed{0};
    SearchRules rules;
    rules.max_length = 4;
    EXPECT_THROW(golden.blip->tokens(pixels, "a photograph of", rules, seed), base::Error);
    rules.beams = 50;
    EXPECT_THROW(golden.blip->tokens(pixels, "", rules, seed), base::Error);
    base::write_whole(folder / "preprocessor_config.json", R"({"size": {"height": 40, "width": 40}})");
    EXPECT_TRUE(tells(blip_complaint(folder), "images of 40 px, and weights for 32"));
    std::filesystem::remove(folder / "preprocessor_config.json");
    EXPECT_EQ(Blip(folder, {}).notes().size(), 1U);
    base::write_whole(folder / "preprocessor_config.json", R"({"size": 32, "unheard_of": 1})");
    EXPECT_TRUE(tells(Blip(folder, {}).notes().front(), "unheard_of"));
    std::filesystem::remove(folder / "tokenizer.json");
    EXPECT_TRUE(tells(blip_complaint(folder), "has no tokenizer.json and no vocab.txt"));
    std::filesystem::remove(folder / "model.safetensors");
    EXPECT_TRUE(tells(blip_complaint(folder), "has no model.safetensors"));
    base::write_whole(folder / "pytorch_model.bin", "PK");
    try {
        const Blip blip(folder, {});
    } catch (const base::Error& error) {
        EXPECT_TRUE(tells(error.hint(), "Blip.from_pretrained('.').save_pretrained('.')")) << error.hint();
    }
}

}  // namespace lorikeet::tag
