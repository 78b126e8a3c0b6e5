#include "models/part_weights.hpp"

#include <gtest/gtest.h>

#include "support/tiny.hpp"

namespace lorikeet::models {

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

}  // namespace lorikeet::models
