#include "train/model_outline.hpp"

#include <gtest/gtest.h>

#include "models/random_checkpoint.hpp"

namespace lorikeet::train {

TEST(ModelOutline, KnowsEveryLayerWithoutAWeight) {
    const ModelOutline model(models::sd1_spec());
    EXPECT_EQ(model.trained.size(), 264U);  // kohya's 192 + 72
    EXPECT_GT(model.all.size(), model.trained.size());
    for (const auto& target : model.all) EXPECT_FALSE(target.weight->defined()) << target.name;
    settings::Adapter adapter;
    adapter.train_text = false;
    EXPECT_EQ(wanted_of(adapter, model.trained).size(), 192U);
    adapter.train_unet = false;
    EXPECT_TRUE(wanted_of(adapter, model.trained).empty());
}

}  // namespace lorikeet::train
