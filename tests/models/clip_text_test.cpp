#include "models/clip_text.hpp"

#include <map>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "models/golden_file.hpp"

namespace lorikeet::models {

namespace {

constexpr double kClipTolerance = 2e-5;

ClipTextSpec tiny_clip() {
    return {.layers = 3, .width = 16, .heads = 4, .mlp = 24, .positions = 12, .words = 50};
}

ClipText started(const ClipTextSpec& spec) {
    ClipText text(spec);
    nn::InitWeights init(3, 1.0);
    text.visit(init);
    return text;
}

// What every layer says it is part of.
class CollectParts : public nn::Visitor {
  public:
    void weight(const std::string&, at::Tensor&, at::IntArrayRef) override {}
    void layer(const std::string& path, nn::Linear&) override { parts[path] = part(); }
    std::map<std::string, nn::BlockKind> parts;
};

}  // namespace

TEST(ClipTextGolden, AnswersAsTransformersDoesForEveryClipSkip) {
    const auto file = golden("clip_text");
    ClipText text(tiny_clip());
    load_golden(text, file);
    for (const auto skip : {1, 2, 3}) {
        const auto name = "skip_" + std::to_string(skip);
        expect_near(text(file.get("ids"), skip), file.get(name), kClipTolerance, name);
    }
}

TEST(ClipTextGolden, HasTheSameGradients) {
    const auto file = golden("clip_text");
    ClipText text(tiny_clip());
    load_golden(text, file);
    (text(file.get("ids"), 2) * file.get("pull")).sum().backward();
    expect_gradients(text, file, kClipTolerance);
}

TEST(ClipText, HasTheWeightsOfStableDiffusion) {
    ClipText text(ClipTextSpec{});
    nn::CountWeights count;
    text.visit(count);
    EXPECT_EQ(count.numbers, 123'060'480);
    EXPECT_EQ(count.tensors, 196);
}

TEST(ClipText, TellsAdaptersWhatEachLayerIsPartOf) {
    ClipText text(tiny_clip());
    CollectParts collect;
    text.visit(collect);
    ASSERT_EQ(collect.parts.size(), 18U);
    for (const auto* name : {"q_proj", "k_proj", "v_proj", "out_proj"}) {
        EXPECT_EQ(collect.parts.at(std::string("text_model.encoder.layers.2.self_attn.") + name),
                  nn::BlockKind::TextAttention);
    }
    for (const auto* name : {"fc1", "fc2"}) {
        EXPECT_EQ(collect.parts.at(std::string("text_model.encoder.layers.0.mlp.") + name),
                  nn::BlockKind::TextMlp);
    }
}

TEST(ClipText, AWordSeesNothingThatFollows) {
    const auto text = started(tiny_clip());
    const auto ids = at::arange(12, at::kLong).unsqueeze(0);
    auto changed = ids.clone();
    changed[0][8] = 40;
    const auto difference = (text(ids) - text(changed)).abs().amax({0, 2});
    EXPECT_EQ(difference.narrow(0, 0, 8).max().item<float>(), 0.0F);
    EXPECT_GT(difference.narrow(0, 8, 4).min().item<float>(), 0.0F);
}

TEST(ClipText, ReadsFewerWordsThanItHasPlacesFor) {
    const auto text = started(tiny_clip());
    const auto ids = at::arange(12, at::kLong).unsqueeze(0);
    EXPECT_TRUE(at::allclose(text(ids).narrow(1, 0, 5), text(ids.narrow(1, 0, 5)), 1e-5, 1e-6));
}

TEST(ClipText, RefusesToSkipMoreLayersThanThereAre) {
    const auto text = started(tiny_clip());
    const auto ids = at::zeros({1, 4}, at::kLong);
    EXPECT_THROW(text(ids, 0), base::Error);
    EXPECT_THROW(text(ids, 4), base::Error);
    EXPECT_EQ(text(ids, 3).sizes(), (at::IntArrayRef{1, 4, 16}));
}

}  // namespace lorikeet::models
