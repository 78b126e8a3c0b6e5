#include "models/tensor_names.hpp"

#include <gtest/gtest.h>

#include "support/tiny.hpp"

namespace lorikeet::models {

TEST(TensorNames, AnswerWhatAHeaderTells) {
    const io::SafetensorsFile file(support::tiny_checkpoint());
    const TensorNames names(file);
    EXPECT_TRUE(names.has("model.diffusion_model.out.2.weight"));
    EXPECT_FALSE(names.has("out.2.weight"));
    EXPECT_TRUE(names.any_begins("first_stage_model.decoder."));
    EXPECT_FALSE(names.any_begins("decoder."));
    EXPECT_TRUE(names.any_begins({"nothing", "cond_stage_model."}));
    EXPECT_TRUE(names.any_holds("attn2.to_k"));
    EXPECT_EQ(names.side("attn2.to_k.weight", 1), 64);
    EXPECT_EQ(names.side("attn2.to_k.weight", 2), 0);
    EXPECT_EQ(names.side("nothing", 0), 0);
}

}  // namespace lorikeet::models
