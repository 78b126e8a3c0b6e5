#include "models/family.hpp"

#include <set>

#include <gtest/gtest.h>

#include "models/random_checkpoint.hpp"
#include "models/spec.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::models {

TEST(Family, EveryRowCanBeFoundAndIsWhole) {
    std::set<std::string_view> names, versions;
    for (const auto& facts : families()) {
        EXPECT_EQ(&facts_of(facts.family), &facts);
        EXPECT_EQ(family_of(facts.checkpoint), &facts);
        EXPECT_EQ(family_named(facts.name), &facts);
        EXPECT_EQ(name_of(facts.family), facts.name);
        EXPECT_TRUE(names.insert(facts.name).second);
        EXPECT_TRUE(versions.insert(facts.kohya_version).second);
        EXPECT_TRUE(hint_for(facts.checkpoint).empty()) << "it can be trained on";
        EXPECT_GT(facts.latent_scale, 0);
        EXPECT_GT(facts.usual.lr, 0);
        ASSERT_NE(facts.layers.of_text, nullptr);
        ASSERT_NE(facts.layers.of_unet, nullptr);
    }
}

TEST(Family, WhatIsNoFamilyHasNoRow) {
    EXPECT_EQ(family_of(FileKind::Vae), nullptr);
    EXPECT_EQ(family_of(FileKind::Flux), nullptr);
    EXPECT_EQ(family_named(""), nullptr);
    EXPECT_EQ(family_named("Flux"), nullptr);
}

TEST(Family, ACheckpointOfEachIsReadAsItsRowSays) {
    const support::TempFolder folder;
    for (const auto& spec : {tiny_sd1_spec(), tiny_sdxl_spec()}) {
        const auto file = folder.path() / "random.safetensors";
        save_random_checkpoint(file, spec, at::kHalf, 1);
        const io::SafetensorsFile written(file);
        EXPECT_EQ(what_is(written), facts_of(spec.family).checkpoint);
        EXPECT_EQ(spec_of(written).texts.size(), facts_of(spec.family).text_encoders);
    }
}

}  // namespace lorikeet::models
