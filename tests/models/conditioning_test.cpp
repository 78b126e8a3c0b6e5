#include "models/conditioning.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "models/golden_file.hpp"

namespace lorikeet::models {

namespace {

constexpr double kConditioningTolerance = 2e-5;
constexpr std::int64_t kWidth = 8;

const Tokenizer& tokenizer() {
    static const Tokenizer read = Tokenizer::from_file(default_vocabulary());
    return read;
}

// The table of words is too large for the file: both sides make it by this rule.
at::Tensor word_table() {
    const auto words = at::arange(49408, at::kLong).unsqueeze(1);
    const auto columns = at::arange(kWidth, at::kLong).unsqueeze(0);
    return ((31 * words + 17 * columns).remainder(97) - 48).to(at::kFloat) / 48;
}

ClipText tower(const support::GoldenFile& file) {
    ClipText text({.layers = 2, .width = kWidth, .heads = 2, .mlp = 16});
    nn::LoadWeights load(
        [&](const std::string& path) {
            return path.find("token_embedding") != std::string::npos ? word_table()
                                                                     : file.find("weight." + path);
        },
        at::kFloat, support::test_device());
    text.visit(load);
    load.finish();
    return text;
}

std::vector<std::string> captions_of(const support::GoldenFile& file) {
    return nlohmann::json::parse(file.metadata().at("captions")).get<std::vector<std::string>>();
}

}  // namespace

TEST(ConditioningGolden, CutsCaptionsAsSdScriptsDoes) {
    const auto file = golden("conditioning");
    for (const auto max_tokens : {75, 150, 225}) {
        auto wanted = file.get("ids_" + std::to_string(max_tokens)).to(at::kLong);
        if (wanted.dim() == 2) wanted = wanted.unsqueeze(1);  // one chunk
        const auto ids = tokenize_captions(tokenizer(), captions_of(file), {max_tokens});
        ASSERT_EQ(ids.sizes(), wanted.sizes());
        EXPECT_TRUE(at::equal(ids, wanted)) << max_tokens;
    }
}

TEST(ConditioningGolden, EncodesCaptionsAsSdScriptsDoes) {
    const at::NoGradGuard no_grad;
    const auto file = golden("conditioning");
    const auto text = tower(file);
    for (const auto max_tokens : {75, 150, 225}) {
        for (const auto skip : {1, 2}) {
            const auto name = "states_" + std::to_string(max_tokens) + "_skip_" + std::to_string(skip);
            const auto states = encode_captions(text, tokenizer(), captions_of(file), skip, {max_tokens});
            expect_near(states, file.get(name), kConditioningTolerance, name);
        }
    }
}

TEST(Conditioning, ShortCaptionsStartAlikeInOneChunkAndInThree) {
    const at::NoGradGuard no_grad;
    const auto text = tower(golden("conditioning"));
    const std::vector<std::string> captions = {"a lorikeet"};
    const auto one = encode_captions(text, tokenizer(), captions, 1, {75});
    const auto three = encode_captions(text, tokenizer(), captions, 1, {225});
    EXPECT_EQ(one.sizes(), (at::IntArrayRef{1, 77, kWidth}));
    EXPECT_EQ(three.sizes(), (at::IntArrayRef{1, 227, kWidth}));
    EXPECT_TRUE(at::allclose(one.narrow(1, 0, 76), three.narrow(1, 0, 76), 1e-5, 1e-6));
}

TEST(Conditioning, ACaptionsStatesDoNotDependOnItsNeighbours) {
    const at::NoGradGuard no_grad;
    const auto text = tower(golden("conditioning"));
    const std::vector<std::string> both = {"a lorikeet", "a red circle on a blue background"};
    const std::vector<std::string> alone = {both[1]};
    const auto together = encode_captions(text, tokenizer(), both, 2, {150});
    EXPECT_TRUE(
        at::allclose(together[1], encode_captions(text, tokenizer(), alone, 2, {150})[0], 1e-5, 1e-6));
}

TEST(Conditioning, SaysThatATowerHasTooFewWords) {
    ClipText text({.layers = 1, .width = kWidth, .heads = 2, .mlp = 16, .words = 100});
    nn::InitWeights init(1, 1.0);
    text.visit(init);
    const std::vector<std::string> captions = {"a lorikeet"};
    try {
        encode_captions(text, tokenizer(), captions, 1, {75});
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Unsupported);
    }
}

}  // namespace lorikeet::models
