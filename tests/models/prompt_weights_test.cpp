#include "models/prompt_weights.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "models/conditioning.hpp"
#include "models/golden_towers.hpp"
#include "models/tokenizer.hpp"

namespace lorikeet::models {

namespace {

constexpr double kWeightsTolerance = 2e-5;

TextOptions weighted(std::int64_t max_tokens = 75) {
    TextOptions options;
    options.max_tokens = max_tokens;
    options.weighted = true;
    return options;
}

const Tokenizer& weights_tokenizer() {
    static const Tokenizer read = Tokenizer::from_file(default_vocabulary());
    return read;
}

std::vector<std::string> weighted_captions(const support::GoldenFile& file) {
    return nlohmann::json::parse(file.metadata().at("captions")).get<std::vector<std::string>>();
}

// The reference keeps no dimension of chunks where there is one, and puts one in front of weights.
at::Tensor by_chunks(const at::Tensor& tensor) { return tensor.dim() == 2 ? tensor.unsqueeze(1) : tensor; }

}  // namespace

TEST(PromptWeightsGolden, PartsTextsAsSdScriptsDoes) {
    const auto parsed = nlohmann::json::parse(golden("weighted_captions").metadata().at("parsed"));
    ASSERT_GT(parsed.size(), 20U);
    for (const auto& one : parsed) {
        const auto text = one[0].get<std::string>();
        const auto parts = parse_weights(text);
        ASSERT_EQ(parts.size(), one[1].size()) << text;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            EXPECT_EQ(parts[i].text, one[1][i][0].get<std::string>()) << text;
            EXPECT_EQ(static_cast<float>(parts[i].weight), one[1][i][1].get<float>()) << text;
        }
    }
}

TEST(PromptWeightsGolden, IdsAndWeightsAreThoseOfSdScripts) {
    const auto file = golden("weighted_captions");
    const auto captions = weighted_captions(file);
    for (const auto max_tokens : {75, 150, 225}) {
        const auto ids = by_chunks(file.get("ids_" + std::to_string(max_tokens)).to(at::kLong));
        EXPECT_TRUE(
            at::equal(tokenize_captions(weights_tokenizer(), captions, weighted(max_tokens)), ids.cpu()));
        const auto weights = by_chunks(file.get("weights_" + std::to_string(max_tokens))).cpu();
        for (std::size_t i = 0; i < captions.size(); ++i)
            EXPECT_TRUE(at::equal(weights_tokenizer().chunk_weights(captions[i], weighted(max_tokens)),
                                  weights[static_cast<std::int64_t>(i)]))
                << captions[i];
    }
}

TEST(PromptWeightsGolden, StatesAreThoseOfSdScriptsAndThePooledVectorIsNotWeighted) {
    const at::NoGradGuard no_grad;
    const auto file = golden("weighted_captions");
    const auto texts = conditioning_towers(file);
    const auto captions = weighted_captions(file);
    for (const auto max_tokens : {75, 150, 225}) {
        const auto length = std::to_string(max_tokens);
        const auto one =
            read_captions(std::span(texts).first(1), weights_tokenizer(), captions, 1, weighted(max_tokens));
        expect_near(one.context, file.get("states_" + length), kWeightsTolerance, length);
        const auto two = read_captions(texts, weights_tokenizer(), captions, 1, weighted(max_tokens));
        expect_near(two.context, file.get("context_" + length), kWeightsTolerance, length);
        expect_near(two.pooled, file.get("pooled_" + length), kWeightsTolerance, length);
    }
}

TEST(PromptWeights, ANumberThatIsNoneIsText) {
    EXPECT_EQ(parse_weights("(a:1.2.3)"), (std::vector<WeightedText>{{"a:1.2.3", 1.1}}));
    EXPECT_EQ(parse_weights("(a:.)"), (std::vector<WeightedText>{{"a:.", 1.1}}));
    EXPECT_EQ(parse_weights("(a:" + std::string(400, '9') + ")").size(), 1U);
}

TEST(PromptWeights, BracketsAreLettersWhereTheyAreNotAskedFor) {
    const auto letters = weights_tokenizer().encode("(bird:1.3)", {});
    EXPECT_GT(letters.size(), weights_tokenizer().encode("(bird:1.3)", weighted()).size());
    EXPECT_EQ(weights_tokenizer().encode(R"(\(bird\))", weighted()),
              weights_tokenizer().encode("(bird)", {}));
    EXPECT_EQ(weights_tokenizer().count("(bird:1.3)", weighted()), 1);
}

TEST(PromptWeights, ThousandsOfBracketsAreNoInfinity) {
    const auto many = parse_weights(std::string(20'000, '(') + "bird");
    ASSERT_EQ(many.size(), 1U);
    EXPECT_EQ(many.front().weight, 1e6);
    const auto none =
        parse_weights("(" + std::string(20'000, '(') + "bird" + std::string(20'000, ')') + ":0)");
    EXPECT_EQ(none.front().weight, 0) << "nor is it no number at all";
    EXPECT_EQ(parse_weights("(bird:" + std::string(300, '9') + ")").front().weight, 1e6);
}

}  // namespace lorikeet::models
