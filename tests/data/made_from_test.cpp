#include "data/made_from.hpp"

#include <gtest/gtest.h>

namespace lorikeet::data {

TEST(MadeFrom, ComesBackFromMetadataAsItWas) {
    const MadeFrom latents{CacheEntryKind::Latents, "vae.safetensors", "abc bfloat16", "def", "512 x 768"};
    const MadeFrom text{CacheEntryKind::Text, "model.safetensors", "abc float32 cpu", "", ""};
    for (const auto& one : {latents, text, MadeFrom{}}) EXPECT_EQ(made_from_of(metadata_of(one)), one);
    EXPECT_TRUE(metadata_of({}).empty());
    EXPECT_EQ(made_from_of({{"lorikeet.kind", "something else"}}).kind, CacheEntryKind::Unknown);
}

}  // namespace lorikeet::data
