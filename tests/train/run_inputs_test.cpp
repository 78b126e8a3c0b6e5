#include "train/run_inputs.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "support/temp_folder.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::train {
namespace {

RunInputs inputs() {
    return {"c", {}, "", {{"a.png", "1", 0, "a bird"}, {"b.png", "2", 0, "a tree"}, {"c.png", "3", 1, ""}}};
}

std::string told(const RunInputs& now) {
    auto found = differences(inputs(), now);
    return base::join(found, "; ");
}

}  // namespace

TEST(RunInputs, AreTheSameByContentWhateverTheirNames) {
    auto now = inputs();
    for (auto& image : now.images) image.name = "moved-" + image.name;
    EXPECT_EQ(told(now), "");
}

TEST(RunInputs, EachDifferenceIsNamed) {
    auto now = inputs();
    now.images[0].sha256 = "9";
    now.images[1].caption = "a tall tree";
    EXPECT_EQ(told(now),
              "a.png is another image; the caption of b.png was \"a tree\" and is \"a tall tree\"");
    now = inputs();
    now.images.pop_back();
    now.images.push_back({"d.png", "4", 1, "new"});
    EXPECT_EQ(told(now), "c.png is gone; d.png is new");
    now = inputs();
    now.images[2].mask = "5";
    EXPECT_EQ(told(now), "the mask of c.png is another one");
    now = inputs();
    std::swap(now.images[0], now.images[1]);
    EXPECT_EQ(told(now), "the images come in another order");
    now = inputs();
    now.checkpoint = "d";
    now.parts["VAE"] = "v";
    EXPECT_EQ(told(now), "the checkpoint holds other weights; there was no VAE of its own");
    auto before = inputs();
    before.parts = {{"VAE", "v"}, {"text encoder", "t"}};
    now = inputs();
    now.parts = {{"text encoder", "u"}};
    EXPECT_EQ(base::join(differences(before, now), "; "),
              "the VAE of its own is gone; the text encoder holds other weights");
}

TEST(RunInputs, ComeBackFromTheirText) {
    auto before = inputs();
    before.images[0].caption = "\"Ä\"\n";
    before.images[1].mask = "7";
    before.parts = {{"VAE", "v"}, {"text encoder", "t"}};
    const auto back = parse_run_inputs(to_text(before));
    EXPECT_TRUE(differences(before, back).empty());
    EXPECT_EQ(back.images[0].name, "a.png");
    EXPECT_EQ(back.parts, before.parts);
    EXPECT_THROW(parse_run_inputs("{}"), base::Error);
    EXPECT_THROW(parse_run_inputs("nonsense"), base::Error);
}

TEST(RunInputs, AFingerprintKnowsWeightsAndNotMetadata) {
    const support::TempFolder folder;
    const auto of = [&](const tensor::NamedTensors& tensors, const io::Metadata& metadata) {
        const auto file = folder.path() / "x.safetensors";
        tensor::save_tensors(file, tensors, metadata);
        return weights_fingerprint(file);
    };
    const auto many = at::arange(100'000, at::kFloat);
    const auto first = of({{"a", many}, {"b", at::ones({3})}}, {});
    EXPECT_EQ(of({{"a", many}, {"b", at::ones({3})}}, {{"title", "other"}}), first);
    EXPECT_NE(of({{"a", many + 1}, {"b", at::ones({3})}}, {}), first);
    EXPECT_NE(of({{"a", many}, {"b", at::full({3}, 2.0F)}}, {}), first);
    EXPECT_NE(of({{"a", many.view({2, -1})}, {"b", at::ones({3})}}, {}), first);
}

}  // namespace lorikeet::train
