#include "models/part_weights.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "nn/linear.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny.hpp"

namespace lorikeet::models {
namespace {

// One layer, from a file of its own, as a part's weights are settled.
class OneLayer {
  public:
    explicit OneLayer(const at::Tensor& weight) {
        tensor::save_tensors(folder_.path() / "one.safetensors",
                             {{"layer.weight", weight}, {"layer.bias", at::ones({4})}});
    }
    nn::Linear settled(const LoadOptions& options, Part part) const {
        const tensor::WeightFile file(folder_.path() / "one.safetensors");
        WeightFinder finder(file);
        nn::Linear layer(4, 4);
        const auto visit = [&](nn::Visitor& visitor) { layer.visit(visitor, "layer"); };
        finder.fill(visit, [&](const std::string& path) { return finder.take(path); });
        settle_weights(options, part, finder, visit);
        return layer;
    }

  private:
    support::TempFolder folder_;
};

}  // namespace

TEST(WeightFinder, RemembersWhatWasWanted) {
    const tensor::WeightFile file(support::tiny_sdxl_checkpoint());
    WeightFinder finder(file);
    const auto before = finder.unused().size();
    const std::string name = "model.diffusion_model.out.2.weight";
    EXPECT_TRUE(at::equal(finder.take(name), file.get(name)));
    EXPECT_FALSE(finder.take("nothing").defined());
    EXPECT_EQ(finder.unused().size(), before - 1);
    finder.use("model.diffusion_model.out.2.bias");
    EXPECT_EQ(finder.unused().size(), before - 2);
    EXPECT_EQ(finder.origins().begin()->second.name, name);
}

TEST(WeightFinder, TakesOneOfEqualParts) {
    const tensor::WeightFile file(support::tiny_sdxl_checkpoint());
    WeightFinder finder(file);
    const std::string name = "conditioner.embedders.1.model.transformer.resblocks.0.attn.in_proj_weight";
    const auto whole = file.get(name);
    EXPECT_TRUE(at::equal(finder.take(WeightPlace{name, 1, 3}), whole.chunk(3)[1]));
    EXPECT_TRUE(at::equal(finder.take(WeightPlace{name}), whole));
}

TEST(SettleWeights, EachPartGetsItsDtype) {
    const OneLayer one(at::eye(4));
    LoadOptions options;
    options.unet = at::kBFloat16;
    options.vae = at::kHalf;
    EXPECT_EQ(one.settled(options, Part::Unet).weight.scalar_type(), at::kBFloat16);
    EXPECT_EQ(one.settled(options, Part::Text).bias.scalar_type(), at::kFloat);
    EXPECT_EQ(one.settled(options, Part::VaeEncoder).weight.scalar_type(), at::kHalf);
    EXPECT_TRUE(at::equal(one.settled(options, Part::VaeDecoder).weight.to(at::kFloat), at::eye(4)));
}

TEST(SettleWeights, WhatIsNotFiniteIsNamedWithItsFile) {
    const OneLayer one(at::full({4, 4}, std::numeric_limits<float>::infinity()));
    try {
        one.settled({}, Part::Unet);
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Corrupt);
        const std::string what = error.what();
        EXPECT_NE(what.find("one.safetensors holds "), std::string::npos) << what;
        EXPECT_NE(what.find(" in layer.weight."), std::string::npos) << what;
    }
}

TEST(SettleWeights, ARehearsalReadsNothing) {
    const OneLayer one(at::full({4, 4}, std::numeric_limits<float>::infinity()));
    LoadOptions options;
    options.device = at::kMeta;
    const auto layer = one.settled(options, Part::Unet);
    EXPECT_TRUE(layer.weight.is_meta());
    EXPECT_EQ(layer.weight.sizes(), (at::IntArrayRef{4, 4}));
}

}  // namespace lorikeet::models
